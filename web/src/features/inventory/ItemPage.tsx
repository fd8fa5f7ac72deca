import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { ItemDetail } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useMay } from "@/lib/query/me";
import { ItemAlerts } from "./ItemAlerts";
import { ItemFacts } from "./ItemFacts";
import { ItemMetrics } from "./ItemMetrics";
import { ItemRelations } from "./ItemRelations";
import styles from "./inventory.module.css";
import { nameOf, otherName } from "./model";
import { itemQuery } from "./queries";
import { useWords } from "./use-words";

export default function ItemPage() {
  const { t } = useTranslation("inventory");
  const { itemId } = useParams({ strict: false });
  const item = useQuery(itemQuery(itemId ?? ""));
  return (
    <StateView query={item} waiting={<Page header={<PageHeader title={t("one")} />}>{null}</Page>}>
      {(data) => <Loaded key={data.id} item={data} />}
    </StateView>
  );
}

function Loaded({ item }: { item: ItemDetail }) {
  const { t, i18n } = useTranslation("inventory");
  const may = useMay();
  const { typeName } = useWords();
  useLiveRefresh("alerts", ["alerts", "of-item", item.id], 500);
  const text = [typeName(item.type), otherName(item, i18n.language)].filter(Boolean).join(" · ");
  const retired = typeof item.retired_at === "string";
  return (
    <Page
      header={
        <PageHeader
          title={nameOf(item, i18n.language)}
          text={text}
          badges={retired ? <StatusBadge tone="idle" label={t("retired")} /> : null}
        />
      }
    >
      <div className={styles.columns}>
        <ItemMetrics itemId={item.id} />
        <div className={styles.side}>
          {may("alerts.read") ? <ItemAlerts itemId={item.id} /> : null}
          <ItemRelations item={item} />
          <ItemFacts item={item} />
        </div>
      </div>
    </Page>
  );
}

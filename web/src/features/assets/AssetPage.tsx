import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { MergeDialog } from "@/components/draft/MergeDialog";
import { useDraft } from "@/components/draft/use-draft";
import { useKindName } from "@/components/lifecycle/use-kind-name";
import { ObjectHeader } from "@/components/page/ObjectHeader";
import { Page, PageHeader } from "@/components/page/Page";
import { StateView } from "@/components/state/StateView";
import type { AssetDetail, AssetKind } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { AssetActions } from "./AssetActions";
import styles from "./assets.module.css";
import { ContentTab } from "./ContentTab";
import { FaultNotice } from "./FaultNotice";
import { HistoryTab } from "./HistoryTab";
import { LinksTab } from "./LinksTab";
import { localFlaws } from "./model/flaws";
import { lifecycleOf } from "./model/kinds";
import { assetQuery, kindsQuery, linksQuery } from "./queries";
import { ReviewsTab } from "./ReviewsTab";
import { VersionsTab } from "./VersionsTab";

export default function AssetPage() {
  const { t } = useTranslation("assets");
  const { assetId } = useParams({ strict: false });
  const asset = useQuery(assetQuery(assetId ?? ""));
  const kinds = useQuery(kindsQuery);
  useLiveRefresh("assets", ["assets"], 1000);
  return (
    <StateView query={asset} waiting={<Page header={<PageHeader title={t("one")} />}>{null}</Page>}>
      {(data) => (
        <StateView query={kinds} waiting={<Page header={<PageHeader title={data.name} />}>{null}</Page>}>
          {(known) => (
            <Loaded key={data.id} asset={data} kind={known.find(({ name }) => name === data.kind)} />
          )}
        </StateView>
      )}
    </StateView>
  );
}

const tabs = ["content", "versions", "links", "reviews", "history"] as const;
type Tab = (typeof tabs)[number];

interface Props {
  asset: AssetDetail;
  /** Undefined where no part of this installation knows the kind. */
  kind: AssetKind | undefined;
}

function Loaded({ asset, kind }: Props) {
  const { t } = useTranslation("assets");
  const kindName = useKindName();
  const navigate = useNavigate();
  const search: { tab?: string | undefined } = useSearch({ strict: false });
  const tab: Tab = tabs.find((name) => name === search.tab) ?? "content";
  const links = useQuery(linksQuery(asset.id));
  const editing = useDraft(asset, (draft) => localFlaws(draft, kind).length > 0);
  const flaws = useMemo(() => localFlaws(editing.draft, kind), [editing.draft, kind]);
  const choose = (next: string | null) =>
    void navigate({
      to: ".",
      search: (kept) => ({ ...kept, tab: next === "content" ? undefined : (next ?? undefined) }),
      replace: true,
    });
  return (
    <Page
      header={
        <ObjectHeader
          name={editing.draft.name}
          lifecycle={lifecycleOf(asset)}
          version={asset.published_version}
          owner={asset.created_by}
          usedBy={links.data === undefined ? null : usersOf(links.data)}
          updatedAt={asset.updated_at}
          history={<span>{kindName(asset.kind)}</span>}
          actions={<AssetActions asset={asset} editing={editing} />}
        />
      }
    >
      <FaultNotice asset={asset} />
      <Tabs value={tab} onChange={choose} keepMounted={false} classNames={{ tab: styles.tab ?? "" }}>
        <Tabs.List>
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <div className={styles.tabBody}>
          <Tabs.Panel value="content">
            <ContentTab asset={asset} kind={kind} editing={editing} flaws={flaws} />
          </Tabs.Panel>
          <Tabs.Panel value="versions">
            <VersionsTab asset={asset} />
          </Tabs.Panel>
          <Tabs.Panel value="links">
            <LinksTab asset={asset} />
          </Tabs.Panel>
          <Tabs.Panel value="reviews">
            <ReviewsTab asset={asset} editing={editing} />
          </Tabs.Panel>
          <Tabs.Panel value="history">
            <HistoryTab asset={asset} />
          </Tabs.Panel>
        </div>
      </Tabs>
      <MergeDialog editing={editing} />
    </Page>
  );
}

/** Different assets, however many places of each; those that the reader may not see count too. */
function usersOf({
  used_by,
  hidden,
}: {
  used_by: readonly { kind: string; key: string }[];
  hidden: number;
}): number {
  return new Set(used_by.map(({ kind, key }) => `${kind}/${key}`)).size + hidden;
}

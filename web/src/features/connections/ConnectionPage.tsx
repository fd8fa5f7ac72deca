import { Button, Tabs } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PublishButton } from "@/components/lifecycle/PublishButton";
import { ObjectHeader } from "@/components/page/ObjectHeader";
import { Page, PageHeader } from "@/components/page/Page";
import { StateView } from "@/components/state/StateView";
import type { Connection, ConnectionTypeInfo } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { oneAssetQuery, stageOf } from "@/lib/query/asset";
import { BrowseTab } from "./BrowseTab";
import styles from "./connections.module.css";
import { OverviewTab } from "./OverviewTab";
import { PromqlTab } from "./PromqlTab";
import { connectionQuery, typesQuery } from "./queries";
import { SafetyTab } from "./SafetyTab";
import { useWord } from "./words";

export default function ConnectionPage() {
  const { t } = useTranslation("connections");
  const { connectionId } = useParams({ strict: false });
  const connection = useQuery(connectionQuery(connectionId ?? ""));
  const types = useQuery(typesQuery);
  useLiveRefresh("connections", ["connections", "one"], 1000);
  useLiveRefresh("assets", ["connections", "one"], 1000);
  return (
    <StateView query={connection} waiting={<Page header={<PageHeader title={t("one")} />}>{null}</Page>}>
      {(data) => (
        <Loaded
          key={data.id}
          connection={data}
          info={types.data?.items.find(({ type }) => type === data.type)}
        />
      )}
    </StateView>
  );
}

interface Props {
  connection: Connection;
  info: ConnectionTypeInfo | undefined;
}

function Loaded({ connection, info }: Props) {
  const { t } = useTranslation("connections");
  const word = useWord();
  const navigate = useNavigate();
  const search: { tab?: string | undefined } = useSearch({ strict: false });
  const tabs = ["overview", ...["browse", "promql", "safety"].filter((each) => info?.can.includes(each))];
  const tab = tabs.find((name) => name === search.tab) ?? "overview";
  const choose = (next: string | null) =>
    void navigate({
      to: ".",
      search: (kept) => ({ ...kept, tab: next === "overview" ? undefined : (next ?? undefined) }),
      replace: true,
    });
  return (
    <Page header={<Head connection={connection} typeName={word("type", connection.type)} />}>
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <Tabs.List>
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <div className={styles.tabBody}>
          <Tabs.Panel value="overview">
            <OverviewTab connection={connection} />
          </Tabs.Panel>
          <Tabs.Panel value="browse">
            <BrowseTab connection={connection} />
          </Tabs.Panel>
          <Tabs.Panel value="promql">
            <PromqlTab connection={connection} />
          </Tabs.Panel>
          <Tabs.Panel value="safety">
            <SafetyTab connection={connection} />
          </Tabs.Panel>
        </div>
      </Tabs>
    </Page>
  );
}

function Head({ connection, typeName }: { connection: Connection; typeName: string }) {
  const { t } = useTranslation("connections");
  const { data: asset } = useQuery(oneAssetQuery(connection.id));
  const draftOnly = connection.published_version === null ? "draft" : "published";
  return (
    <ObjectHeader
      name={connection.name}
      lifecycle={asset === undefined ? draftOnly : stageOf(asset)}
      version={connection.published_version}
      owner={connection.created_by}
      updatedAt={connection.updated_at}
      history={
        <>
          <span>{typeName}</span>
          <code>{connection.key}</code>
        </>
      }
      actions={
        <>
          <Button
            component={Link}
            to="/assets/$assetId"
            params={{ assetId: connection.id } as never}
            variant="default"
            leftSection={<IconPencil size={15} aria-hidden />}
          >
            {t(asset?.can_write === true ? "edit" : "asset")}
          </Button>
          {asset?.can_write === true ? <PublishButton asset={asset} also={["connections"]} /> : null}
        </>
      }
    />
  );
}

import { Button, Tabs } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { UndoButtons } from "@/components/draft/UndoButtons";
import { PublishButton } from "@/components/lifecycle/PublishButton";
import { ObjectHeader } from "@/components/page/ObjectHeader";
import { Page, PageHeader } from "@/components/page/Page";
import { StateView } from "@/components/state/StateView";
import type { AssetDetail, CatalogOverview } from "@/lib/api/types";
import { useLive } from "@/lib/live/use-live";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { oneAssetQuery, stageOf } from "@/lib/query/asset";
import styles from "./catalogs.module.css";
import { DiagramTab } from "./DiagramTab";
import { isEnd, progressOf } from "./model/scan";
import { overviewQuery } from "./queries";
import { SaveNotice } from "./SaveNotice";
import { ScanBar, ScanButton } from "./ScanBar";
import { ScansTab } from "./ScansTab";
import { TablesTab } from "./TablesTab";
import { useWords } from "./use-words";

export default function CatalogPage() {
  const { t } = useTranslation("catalogs");
  const { catalogId = "" } = useParams({ strict: false });
  const asset = useQuery(oneAssetQuery(catalogId));
  const overview = useQuery({
    ...overviewQuery(catalogId),
    // The stream is faster, and may be cut off: a scan that runs is asked for as well.
    refetchInterval: ({ state }) => (state.data?.current ? 3000 : false),
  });
  useLiveRefresh("assets", ["assets", "one", catalogId], 1000);
  useProgress(catalogId, overview.data?.current?.id);
  const waiting = <Page header={<PageHeader title={t("one")} />}>{null}</Page>;
  return (
    <StateView query={asset} waiting={waiting}>
      {(data) => (
        <StateView query={overview} waiting={waiting}>
          {(state) => <Loaded key={data.id} asset={data} overview={state} />}
        </StateView>
      )}
    </StateView>
  );
}

/** Follows a scan by what the stream says of it; what it found is read when it has ended. */
function useProgress(id: string, running: string | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (running === undefined) return;
    return () => void client.invalidateQueries({ queryKey: ["catalogs"] });
  }, [client, running]);
  useLive("catalogs", ({ payload }) => {
    const progress = progressOf(payload);
    if (progress === null || progress.catalog_id !== id) return;
    const kept = client.getQueryData(overviewQuery(id).queryKey);
    if (isEnd(progress) || kept?.current?.id !== progress.scan_id) {
      void client.invalidateQueries({ queryKey: ["catalogs"] });
      return;
    }
    client.setQueryData(overviewQuery(id).queryKey, {
      ...kept,
      current: { ...kept.current, ...progress.shown },
    });
  });
}

const tabs = ["tables", "diagram", "scans"] as const;

function Loaded({ asset, overview }: { asset: AssetDetail; overview: CatalogOverview }) {
  const { t } = useTranslation("catalogs");
  const navigate = useNavigate();
  const search: { tab?: string | undefined } = useSearch({ strict: false });
  const tab = tabs.find((name) => name === search.tab) ?? "tables";
  const editing = useWords(asset);
  const choose = (next: string | null) =>
    void navigate({
      to: ".",
      search: (kept) => ({
        ...kept,
        tab: next === "tables" ? undefined : (next ?? undefined),
        selected: undefined,
      }),
      replace: true,
    });
  return (
    <Page
      fill
      header={
        <ObjectHeader
          name={asset.name}
          lifecycle={stageOf(asset)}
          version={asset.published_version}
          owner={asset.created_by}
          updatedAt={asset.updated_at}
          history={<Facts overview={overview} />}
          actions={
            <>
              <SaveNotice editing={editing} />
              {editing.readOnly ? null : <UndoButtons editing={editing} />}
              <ScanButton asset={asset} overview={overview} />
              <Button
                component={Link}
                to="/assets/$assetId"
                params={{ assetId: asset.id } as never}
                variant="default"
                leftSection={<IconPencil size={15} aria-hidden />}
              >
                {t("asset")}
              </Button>
              {editing.readOnly ? null : (
                <PublishButton
                  asset={asset}
                  also={["catalogs"]}
                  dirty={editing.dirty}
                  flush={editing.flush}
                />
              )}
            </>
          }
        />
      }
    >
      <ScanBar overview={overview} mayCancel={asset.can_write} />
      <Tabs value={tab} onChange={choose} keepMounted={false} className={styles.tabs}>
        <Tabs.List>
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="tables" className={styles.panel}>
          <TablesTab overview={overview} editing={editing} />
        </Tabs.Panel>
        <Tabs.Panel value="diagram" className={styles.panel}>
          <DiagramTab id={asset.id} />
        </Tabs.Panel>
        <Tabs.Panel value="scans" className={styles.panel}>
          <ScansTab id={asset.id} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Facts({
  overview: { connection, tables, columns, enabled, problems },
}: {
  overview: CatalogOverview;
}) {
  const { t } = useTranslation("catalogs");
  return (
    <>
      <code>{connection}</code>
      <span className="num">{t("facts", { tables, columns, enabled })}</span>
      {problems === 0 ? null : <span className="num">{t("problems", { count: problems })}</span>}
    </>
  );
}

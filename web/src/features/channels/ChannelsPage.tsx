import { Button, Tabs } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { Channel } from "@/lib/api/types";
import { useFilters } from "@/lib/navigation/use-filters";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useMay } from "@/lib/query/me";
import { ChannelDetails } from "./ChannelDetails";
import { ChannelDialog } from "./ChannelDialog";
import styles from "./channels.module.css";
import { addressOf, stateOf, stateTones } from "./model";
import { useChannels } from "./queries";
import { RoutesTab } from "./RoutesTab";
import { TemplatesTab } from "./TemplatesTab";

const column = columnsOf<Channel>();
const tabs = ["channels", "routes", "templates"] as const;
type Tab = (typeof tabs)[number];

/** Where alerts are told, which go where, and in which words. */
export default function ChannelsPage() {
  const { t } = useTranslation("channels");
  const { filters, set } = useFilters<{ tab?: Tab | undefined }>();
  const tab = filters.tab ?? "channels";
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} />}>
      <Tabs
        className={styles.tabs ?? ""}
        value={tab}
        onChange={(next) => set({ tab: next === "channels" ? undefined : (next as Tab) })}
      >
        <Tabs.List>
          {tabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`tab.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      {tab === "channels" ? <ChannelsTab /> : tab === "routes" ? <RoutesTab /> : <TemplatesTab />}
    </Page>
  );
}

function ChannelsTab() {
  const { t } = useTranslation("channels");
  const may = useMay();
  const channels = useChannels();
  const { selected, select, clear } = useSelection();
  const [adding, { open, close }] = useDisclosure(false);
  const columns = useChannelColumns();
  const chosen = channels.data?.find(({ id }) => id === selected);
  return (
    <>
      <div className={styles.head}>
        <p className={styles.note}>{t("tabText.channels")}</p>
        {may("channels.write") ? (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
            {t("add")}
          </Button>
        ) : null}
      </div>
      <Panel fill>
        <StateView query={channels}>
          {(rows) => (
            <DataTable
              label={t("title")}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              selectedId={selected}
              onOpen={openSelected(select)}
              paging={channels}
            />
          )}
        </StateView>
      </Panel>
      {adding ? <ChannelDialog onClose={close} /> : null}
      {chosen === undefined ? null : <ChannelDetails key={chosen.id} channel={chosen} onClose={clear} />}
    </>
  );
}

function useChannelColumns() {
  const { t } = useTranslation("channels");
  return useMemo(
    () =>
      column.columns([
        column.accessor("name", { header: t("field.name") }),
        column.accessor("type", { header: t("field.type"), cell: ({ getValue }) => t(`type.${getValue()}`) }),
        column.display({
          id: "state",
          header: t("field.state"),
          cell: ({ row }) => {
            const state = stateOf(row.original);
            return <StatusBadge plain tone={stateTones[state]} label={t(`state.${state}`)} />;
          },
        }),
        column.display({
          id: "to",
          header: t("field.to"),
          cell: ({ row: { original } }) =>
            original.type === "in_app" ? t("here") : <code>{addressOf(original)}</code>,
        }),
        column.accessor("updated_at", {
          header: t("field.changed"),
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
      ]),
    [t],
  );
}

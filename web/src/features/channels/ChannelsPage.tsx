import { Button } from "@mantine/core";
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
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useMay } from "@/lib/query/me";
import { AddWebhook } from "./AddWebhook";
import { ChannelDetails } from "./ChannelDetails";
import { stateOf, stateTones } from "./model";
import { useChannels } from "./queries";

const column = columnsOf<Channel>();

export default function ChannelsPage() {
  const { t } = useTranslation("channels");
  const may = useMay();
  const channels = useChannels();
  const { selected, select, clear } = useSelection();
  const [adding, { open, close }] = useDisclosure(false);
  const columns = useChannelColumns();
  const chosen = channels.data?.find(({ id }) => id === selected);
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      {t("add")}
    </Button>
  );
  return (
    <Page
      fill
      header={<PageHeader title={t("title")} text={t("text")} actions={may("channels.write") ? add : null} />}
    >
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
      {adding ? <AddWebhook onClose={close} /> : null}
      {chosen === undefined ? null : <ChannelDetails key={chosen.id} channel={chosen} onClose={clear} />}
    </Page>
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
            original.config.type === "webhook" ? <code>{original.config.url}</code> : t("here"),
        }),
        column.accessor("updated_at", {
          header: t("field.changed"),
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
      ]),
    [t],
  );
}

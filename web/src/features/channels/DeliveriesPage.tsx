import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { Delivery } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { DeliveryDetails } from "./DeliveryDetails";
import { deliveryTones } from "./model";
import { useDeliveries } from "./queries";

const column = columnsOf<Delivery>();

/** The ledger: one line for each transition and channel, with what became of it. */
export default function DeliveriesPage() {
  const { t } = useTranslation("channels");
  useLiveRefresh("notifications", ["deliveries"], 500);
  const deliveries = useDeliveries();
  const { selected, select, clear } = useSelection();
  const columns = useDeliveryColumns();
  return (
    <Page fill header={<PageHeader title={t("ledger.title")} text={t("ledger.text")} />}>
      <Panel fill>
        <StateView
          query={deliveries}
          isEmpty={(rows) => rows.length === 0}
          empty={<EmptyState kind="nothing" title={t("ledger.none.title")} text={t("ledger.none.text")} />}
        >
          {(rows) => (
            <DataTable
              label={t("ledger.title")}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              selectedId={selected}
              onOpen={openSelected(select)}
              paging={deliveries}
            />
          )}
        </StateView>
      </Panel>
      {selected === undefined ? null : <DeliveryDetails key={selected} id={selected} onClose={clear} />}
    </Page>
  );
}

function useDeliveryColumns() {
  const { t, i18n } = useTranslation("channels");
  return useMemo(
    () =>
      column.columns([
        column.accessor("created_at", {
          header: t("field.at"),
          meta: { width: 180 },
          cell: ({ getValue }) => (
            <span className="num">{dateTime(new Date(getValue()), i18n.language)}</span>
          ),
        }),
        column.accessor("status", {
          header: t("field.state"),
          meta: { width: 130 },
          cell: ({ getValue }) => (
            <StatusBadge plain tone={deliveryTones[getValue()]} label={t(`status.${getValue()}`)} />
          ),
        }),
        column.accessor("title", { header: t("field.title") }),
        column.accessor("event_type", {
          header: t("field.what"),
          cell: ({ getValue }) => <code>{getValue()}</code>,
        }),
        column.accessor("channel_name", { header: t("field.channel") }),
        column.accessor("attempts", { header: t("field.attempts"), meta: { align: "end", width: 90 } }),
      ]),
    [t, i18n.language],
  );
}

import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { CatalogScan } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import styles from "./catalogs.module.css";
import { useScans } from "./queries";
import { ScanDiff } from "./ScanDiff";
import { scanTones } from "./words";

const column = columnsOf<CatalogScan>();

/** Every scan, newest first; what the chosen one found changed. */
export function ScansTab({ id }: { id: string }) {
  const { t } = useTranslation("catalogs");
  const scans = useScans(id);
  const columns = useScanColumns();
  const { selected, select } = useSelection();
  return (
    <StateView
      query={scans}
      isEmpty={(all) => all.length === 0}
      empty={<EmptyState kind="nothing" title={t("scan.none.title")} text={t("scan.none.text")} />}
    >
      {(all) => {
        const chosen = all.find((scan) => scan.id === selected) ?? all[0];
        return (
          <div className={styles.split} data-open>
            <Panel fill>
              <DataTable
                label={t("tab.scans")}
                columns={columns}
                rows={all}
                rowId={(scan) => scan.id}
                selectedId={chosen?.id}
                onOpen={openSelected(select)}
                paging={scans}
              />
            </Panel>
            {chosen === undefined ? null : <ScanDiff key={chosen.id} scan={chosen} />}
          </div>
        );
      }}
    </StateView>
  );
}

function useScanColumns() {
  const { t, i18n } = useTranslation("catalogs");
  return useMemo(
    () =>
      column.columns([
        column.accessor("status", {
          header: t("field.state"),
          meta: { width: 120 },
          cell: ({ getValue }) => (
            <StatusBadge
              plain
              tone={scanTones[getValue() as CatalogScan["status"]]}
              label={t(`scan.status.${getValue()}`)}
            />
          ),
        }),
        column.accessor("requested_at", {
          header: t("scan.at"),
          meta: { width: 110 },
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
        column.accessor("requested_by", { header: t("scan.by"), meta: { width: 110 } }),
        column.display({
          id: "tables",
          header: t("scan.read"),
          meta: { align: "end" },
          cell: ({ row: { original } }) => (
            <span className="num">
              {t("scan.counts", { read: original.tables_read, total: original.tables_total })}
            </span>
          ),
        }),
        column.accessor("tables_failed", {
          header: t("scan.failed"),
          meta: { align: "end", width: 70 },
          cell: ({ getValue }) => <span className="num">{getValue()}</span>,
        }),
        column.display({
          id: "took",
          header: t("scan.took"),
          meta: { align: "end", width: 80 },
          cell: ({ row: { original } }) => (
            <span className="num">{showText(secondsOf(original), "s", i18n.language)}</span>
          ),
        }),
      ]),
    [t, i18n.language],
  );
}

function secondsOf({ started_at, finished_at }: CatalogScan): number | null {
  if (started_at === null || finished_at === null) return null;
  return (Date.parse(finished_at) - Date.parse(started_at)) / 1000;
}

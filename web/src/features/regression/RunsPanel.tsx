import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { GoldenRun } from "@/lib/api/types";
import { standingOf, standingTones } from "./model";
import { useRuns } from "./queries";

const column = columnsOf<GoldenRun>();

/** Every run, newest first. */
export function RunsPanel({ selected, onOpen }: { selected: string | undefined; onOpen(id: string): void }) {
  const { t } = useTranslation("regression");
  const runs = useRuns();
  const columns = useRunColumns();
  return (
    <Panel title={t("runs.title")}>
      <StateView
        query={runs}
        isEmpty={(rows) => rows.length === 0}
        empty={<EmptyState kind="nothing" compact title={t("runs.none")} text={t("runs.how")} />}
      >
        {(rows) => (
          <DataTable
            label={t("runs.title")}
            columns={columns}
            rows={rows}
            rowId={({ id }) => id}
            selectedId={selected}
            onOpen={({ id }) => onOpen(id)}
            paging={runs}
          />
        )}
      </StateView>
    </Panel>
  );
}

function useRunColumns() {
  const { t, i18n } = useTranslation("regression");
  return useMemo(() => {
    const count = (value: number) => <span className="num">{value.toLocaleString(i18n.language)}</span>;
    return column.columns([
      column.accessor("started_at", {
        header: t("runs.at"),
        cell: ({ getValue }) => <TimeAgo at={getValue()} />,
      }),
      column.accessor("ended_at", {
        id: "standing",
        header: t("runs.standing"),
        cell: ({ row }) => {
          const standing = standingOf(row.original);
          return <StatusBadge tone={standingTones[standing]} label={t(`outcome.${standing}`)} />;
        },
      }),
      column.accessor("passed", {
        header: t("outcome.pass"),
        meta: { align: "end" },
        cell: ({ getValue }) => count(getValue()),
      }),
      column.accessor("warned", {
        header: t("outcome.warn"),
        meta: { align: "end" },
        cell: ({ getValue }) => count(getValue()),
      }),
      column.accessor("failed", {
        header: t("outcome.fail"),
        meta: { align: "end" },
        cell: ({ getValue }) => count(getValue()),
      }),
      column.accessor("total", {
        header: t("runs.total"),
        meta: { align: "end" },
        cell: ({ getValue }) => count(getValue()),
      }),
      column.accessor("reason", {
        header: t("runs.reason"),
        cell: ({ getValue }) => t(`reason.${getValue()}`),
      }),
      column.accessor("started_by", { header: t("runs.by") }),
      column.accessor("baseline", {
        header: t("runs.baseline"),
        cell: ({ getValue }) => (getValue() ? t("runs.isBaseline") : ""),
      }),
    ]);
  }, [t, i18n.language]);
}

import { Code, Switch } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Inspector } from "@/components/inspector/Inspector";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { CopyText } from "@/components/status/CopyText";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { ToolRunLine } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import type { Json } from "@/lib/json/pointer";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { pretty } from "./model";
import { useToolRuns } from "./queries";
import styles from "./tools.module.css";

const column = columnsOf<ToolRunLine>();

/** Every run, whoever called from where, newest first; arguments are masked. */
export function RunsTab({ id }: { id: string }) {
  const { t } = useTranslation("tools");
  const [failed, setFailed] = useState(false);
  const runs = useToolRuns(id, failed);
  const columns = useRunColumns();
  const { selected, select, clear } = useSelection();
  const chosen = runs.data?.find((run) => run.id === selected);
  return (
    <div className={styles.inner}>
      <Switch
        size="xs"
        label={t("runs.failedOnly")}
        checked={failed}
        onChange={(event) => setFailed(event.currentTarget.checked)}
      />
      <StateView
        query={runs}
        compact
        isEmpty={(rows) => rows.length === 0}
        empty={
          <EmptyState
            kind={failed ? "healthy" : "nothing"}
            compact
            title={failed ? t("runs.noneFailed") : t("runs.none")}
          />
        }
      >
        {(rows) => (
          <DataTable
            label={t("tab.runs")}
            columns={columns}
            rows={rows}
            rowId={(run) => run.id}
            selectedId={selected}
            onOpen={openSelected(select)}
            paging={runs}
          />
        )}
      </StateView>
      {chosen === undefined ? null : (
        <Inspector title={t("runs.one")} onClose={clear}>
          <div className={styles.inner}>
            {chosen.code === "" ? null : (
              <p className={styles.bad}>
                {chosen.code}: {chosen.detail}
              </p>
            )}
            <Code block className={styles.code} tabIndex={0}>
              {pretty(chosen.arguments as Json)}
            </Code>
            <CopyText text={chosen.trace_id} />
          </div>
        </Inspector>
      )}
    </div>
  );
}

function useRunColumns() {
  const { t, i18n } = useTranslation("tools");
  return useMemo(
    () =>
      column.columns([
        column.accessor("at", {
          header: t("runs.at"),
          meta: { width: 120 },
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
        column.accessor("actor_name", { header: t("runs.by") }),
        column.accessor("caller", {
          header: t("runs.from"),
          meta: { width: 120 },
          cell: ({ getValue }) => t(`caller.${getValue()}`, { defaultValue: getValue() }),
        }),
        column.display({
          id: "outcome",
          header: t("cases.outcome"),
          cell: ({ row: { original } }) => (
            <StatusBadge
              plain
              tone={original.code === "" ? "ok" : "critical"}
              label={original.code === "" ? t("runs.succeeded") : original.code}
            />
          ),
        }),
        column.accessor("total_ms", {
          header: t("runs.time"),
          meta: { width: 110, align: "end" },
          cell: ({ getValue }) => showText(getValue(), "ms", i18n.language),
        }),
      ]),
    [t, i18n.language],
  );
}

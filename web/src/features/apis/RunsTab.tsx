import { Switch } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { ApiRunLog } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import styles from "./apis.module.css";
import { statusTone, summarizeRuns } from "./model/results";
import { useRuns } from "./queries";
import { RunDetails } from "./RunDetails";

const column = columnsOf<ApiRunLog>();

/** Every call, also those that were refused, newest first. */
export function RunsTab({ id }: { id: string }) {
  const { t } = useTranslation("apis");
  const [failed, setFailed] = useState(false);
  const runs = useRuns(id, failed);
  const columns = useRunColumns();
  const { selected, select, clear } = useSelection();
  const chosen = runs.data?.find((run) => run.id === selected);
  return (
    <div className={styles.inner}>
      <div className={styles.bar}>
        <Switch
          size="xs"
          label={t("runs.failedOnly")}
          checked={failed}
          onChange={(event) => setFailed(event.currentTarget.checked)}
        />
        {failed || runs.data === undefined ? null : <Summary runs={runs.data} />}
      </div>
      <StateView
        query={runs}
        compact
        isEmpty={(rows) => rows.length === 0}
        empty={
          failed ? (
            <EmptyState
              kind="healthy"
              compact
              title={t("runs.noneFailed.title")}
              text={t("runs.noneFailed.text")}
            />
          ) : (
            <EmptyState kind="nothing" compact title={t("runs.none.title")} text={t("runs.none.text")} />
          )
        }
      >
        {(rows) => (
          <div className={styles.result}>
            <DataTable
              label={t("tab.runs")}
              columns={columns}
              rows={rows}
              rowId={(run) => run.id}
              selectedId={selected}
              onOpen={openSelected(select)}
              paging={runs}
            />
          </div>
        )}
      </StateView>
      {chosen === undefined ? null : <RunDetails run={chosen} onClose={clear} />}
    </div>
  );
}

function Summary({ runs }: { runs: readonly ApiRunLog[] }) {
  const { t, i18n } = useTranslation("apis");
  const { calls, failed, median, p95 } = summarizeRuns(runs);
  const ms = (value: number | null) => showText(value, "ms", i18n.language);
  return (
    <span className={`${styles.note} num`}>
      {t("runs.calls", { count: calls })} · {t("runs.failed", { count: failed })}
      {calls === 0 ? "" : ` · ${t("runs.times", { median: ms(median), p95: ms(p95) })}`}
    </span>
  );
}

function useRunColumns() {
  const { t, i18n } = useTranslation("apis");
  return useMemo(
    () =>
      column.columns([
        column.accessor("at", {
          header: t("field.at"),
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
        column.accessor("status", {
          header: t("field.status"),
          cell: ({ getValue }) => (
            <StatusBadge plain tone={statusTone(getValue())} label={String(getValue())} />
          ),
        }),
        column.accessor("version", {
          header: t("field.version"),
          cell: ({ getValue }) =>
            getValue() === 0 ? t("runs.draft") : t("common:object.version", { version: getValue() }),
        }),
        column.accessor("actor_name", { header: t("field.caller") }),
        column.accessor("rows", { header: t("field.rows"), meta: { align: "end" } }),
        column.accessor("total_ms", {
          header: t("field.time"),
          meta: { align: "end" },
          cell: ({ getValue }) => showText(getValue(), "ms", i18n.language),
        }),
      ]),
    [t, i18n.language],
  );
}

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { Executor } from "@/lib/api/types";
import { duration, runTones, seconds, standing } from "./model";
import { executorsQuery } from "./queries";

const column = columnsOf<Executor>();

interface Props {
  selected: string | undefined;
  onOpen(id: string): void;
}

/** What runs by the clock: when next, and what became of the last time. */
export function ExecutorsPanel({ selected, onOpen }: Props) {
  const { t } = useTranslation("performance");
  const executors = useQuery(executorsQuery);
  const columns = useExecutorColumns();
  return (
    <Panel title={t("executors.title")}>
      <StateView query={executors}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState
              kind="nothing"
              compact
              title={t("executors.none.title")}
              text={t("executors.none.text")}
            />
          ) : (
            <DataTable
              label={t("executors.title")}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              selectedId={selected}
              onOpen={({ id }) => onOpen(id)}
            />
          )
        }
      </StateView>
    </Panel>
  );
}

function useExecutorColumns() {
  const { t, i18n } = useTranslation("performance");
  return useMemo(
    () =>
      column.columns([
        column.accessor("name", { header: t("executors.name") }),
        column.accessor("kind", {
          header: t("executors.kind"),
          cell: ({ getValue }) => t(`executors.kinds.${getValue()}`),
        }),
        column.display({
          id: "times",
          header: t("executors.times"),
          cell: ({ row: { original } }) => <Times executor={original} />,
        }),
        column.display({
          id: "standing",
          header: t("executors.state"),
          cell: ({ row: { original } }) => <Standing executor={original} />,
        }),
        column.display({
          id: "last",
          header: t("executors.last"),
          cell: ({ row: { original } }) =>
            original.last_run === null || original.last_run === undefined ? (
              "–"
            ) : (
              <TimeAgo at={original.last_run.started_at} />
            ),
        }),
        column.display({
          id: "took",
          header: t("executors.took"),
          meta: { align: "end" },
          cell: ({ row: { original } }) => {
            const took = original.last_run ? seconds(original.last_run) : null;
            return <span className="num">{duration(took === null ? null : took * 1000, i18n.language)}</span>;
          },
        }),
        column.accessor("next_at", {
          header: t("executors.next"),
          cell: ({ getValue }) => {
            const next = getValue();
            return next === null ? "–" : <TimeAgo at={next} />;
          },
        }),
      ]),
    [t, i18n.language],
  );
}

export function Times({ executor }: { executor: Executor }) {
  const { t, i18n } = useTranslation("performance");
  if (executor.every_s !== null)
    return <>{t("executors.every", { span: duration(executor.every_s * 1000, i18n.language) })}</>;
  return (
    <span>
      <code>{executor.cron}</code> {executor.zone}
    </span>
  );
}

export function Standing({ executor }: { executor: Executor }) {
  const { t } = useTranslation("performance");
  const state = standing(executor);
  const tone = state === "paused" || state === "waiting" ? "idle" : runTones[state];
  return <StatusBadge tone={tone} label={t(`executors.states.${state}`)} />;
}

import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Facets } from "@/components/list/Facets";
import { Page, PageHeader, Toolbar } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { WorkflowRunLine } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { useOpen } from "@/lib/navigation/use-open";
import styles from "../apis.module.css";
import { stateTone } from "../model/node-runs";
import { runStates, useWorkflowRuns } from "./queries";

const column = columnsOf<WorkflowRunLine>();

export default function WorkflowRunsPage() {
  const { t } = useTranslation("apis");
  const { filters, set } = useFilters<{ state?: string | undefined; api?: string | undefined }>();
  const state = runStates.find((each) => each === filters.state);
  const runs = useWorkflowRuns(filters.api, state);
  const open = useOpen<WorkflowRunLine>(({ id }) => ({ to: "/workflow-runs/$runId", params: { runId: id } }));
  const columns = useRunColumns();
  useLiveRefresh("workflows", ["workflow-runs", "list"], 1000);
  return (
    <Page fill header={<PageHeader title={t("wfRuns.title")} text={t("wfRuns.text")} />}>
      <Toolbar>
        <Facets
          label={t("wfRuns.state")}
          options={runStates.map((value) => ({ value, label: t(`workflow.state.${value}`) }))}
          chosen={state === undefined ? [] : [state]}
          all={{ label: t("wfRuns.all") }}
          onChoose={(value) => set({ state: value })}
        />
      </Toolbar>
      <Panel fill>
        <StateView
          query={runs}
          isEmpty={(rows) => rows.length === 0}
          empty={
            state === undefined && filters.api === undefined ? (
              <EmptyState kind="nothing" title={t("wfRuns.none.title")} text={t("wfRuns.none.text")} />
            ) : (
              <EmptyState kind="filtered" />
            )
          }
        >
          {(rows) => (
            <DataTable
              label={t("wfRuns.title")}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              onOpen={open}
              paging={runs}
            />
          )}
        </StateView>
      </Panel>
    </Page>
  );
}

function useRunColumns() {
  const { t } = useTranslation("apis");
  return useMemo(
    () =>
      column.columns([
        column.accessor("api_name", {
          header: t("wfRuns.api"),
          cell: ({ row: { original } }) => (
            <Link className={styles.link} to="/workflow-runs/$runId" params={{ runId: original.id }}>
              {original.api_name}
            </Link>
          ),
        }),
        column.accessor("state", {
          header: t("wfRuns.state"),
          meta: { width: 150 },
          cell: ({ getValue }) => (
            <StatusBadge plain tone={stateTone(getValue())} label={t(`workflow.state.${getValue()}`)} />
          ),
        }),
        column.accessor("kind", {
          header: t("wfRuns.kind"),
          meta: { width: 110 },
          cell: ({ getValue }) => t(`wfRuns.kinds.${getValue()}`),
        }),
        column.accessor("version", {
          header: t("field.version"),
          meta: { width: 90 },
          cell: ({ getValue }) =>
            getValue() === 0 ? t("runs.draft") : t("common:object.version", { version: getValue() }),
        }),
        column.accessor("asked_by", { header: t("wfRuns.askedBy"), meta: { width: 180 } }),
        column.accessor("error", { header: t("wfRuns.error"), cell: ({ getValue }) => getValue() ?? "" }),
        column.accessor("created_at", {
          header: t("wfRuns.started"),
          meta: { width: 140 },
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
      ]),
    [t],
  );
}

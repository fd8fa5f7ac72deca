import { Button } from "@mantine/core";
import { IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import { api, dataOf } from "@/lib/api/client";
import type { AssetDetail, ToolCase, ToolCases } from "@/lib/api/types";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { CaseDetails } from "./CaseDetails";
import { useCases } from "./queries";
import styles from "./tools.module.css";

const column = columnsOf<ToolCase>();

/** Saved cases, and what became of them the last time. */
export function CasesTab({ tool }: { tool: AssetDetail }) {
  const { t } = useTranslation("tools");
  const cases = useCases(tool.id);
  const columns = useCaseColumns();
  const { selected, select, clear } = useSelection();
  const chosen = cases.data?.find(({ id }) => id === selected);
  const { draft, run, remove } = useCaseSteps(tool, clear);
  return (
    <div className={styles.inner}>
      <div className={styles.bar}>
        <Button
          size="compact-sm"
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          loading={run.isPending}
          disabled={(cases.data?.length ?? 0) === 0}
          onClick={() => run.mutate()}
        >
          {draft ? t("cases.runDraft") : t("cases.run")}
        </Button>
        {run.data === undefined ? null : (
          <span className={styles.note}>
            {t("cases.ran", { passed: run.data.passed, failed: run.data.failed })}
          </span>
        )}
      </div>
      <ProblemNotice error={run.error ?? remove.error} />
      <StateView
        query={cases}
        compact
        isEmpty={(rows) => rows.length === 0}
        empty={
          <EmptyState kind="nothing" compact title={t("cases.none.title")} text={t("cases.none.text")} />
        }
      >
        {(rows) => (
          <DataTable
            label={t("tab.cases")}
            columns={columns}
            rows={rows}
            rowId={({ id }) => id}
            selectedId={selected}
            onOpen={openSelected(select)}
            paging={cases}
          />
        )}
      </StateView>
      {chosen === undefined ? null : (
        <CaseDetails
          shown={chosen}
          onClose={clear}
          action={
            tool.can_write ? (
              <RemoveCase busy={remove.isPending} onRemove={() => remove.mutate(chosen.id)} />
            ) : null
          }
        />
      )}
    </div>
  );
}

/** Running all cases, and taking one away. */
function useCaseSteps(tool: AssetDetail, clear: () => void) {
  const client = useQueryClient();
  const refresh = () => void client.invalidateQueries({ queryKey: ["tools", tool.id, "cases"] });
  const draft = tool.published_version === null || tool.draft_differs;
  const run = useMutation({
    mutationFn: () =>
      dataOf<ToolCases>(
        api.POST("/api/v1/tools/{asset_id}/cases/run", {
          params: { path: { asset_id: tool.id } },
          body: { draft },
        }),
      ),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (id: string) =>
      dataOf(
        api.DELETE("/api/v1/tools/{asset_id}/cases/{case_id}", {
          params: { path: { asset_id: tool.id, case_id: id } },
        }),
      ),
    onSuccess: () => {
      clear();
      refresh();
    },
  });
  return { draft, run, remove };
}

function RemoveCase({ busy, onRemove }: { busy: boolean; onRemove(): void }) {
  const { t } = useTranslation("tools");
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconTrash size={14} aria-hidden />}
      loading={busy}
      onClick={onRemove}
    >
      {t("delete")}
    </Button>
  );
}

function useCaseColumns() {
  const { t } = useTranslation("tools");
  return useMemo(
    () =>
      column.columns([
        column.accessor("name", { header: t("field.name") }),
        column.display({
          id: "expects",
          header: t("expect.label"),
          cell: ({ row }) => t(`expect.${row.original.expectation.type ?? "succeeds"}`),
        }),
        column.display({
          id: "outcome",
          header: t("cases.outcome"),
          meta: { width: 150 },
          cell: ({ row: { original } }) =>
            original.outcome === null || original.outcome === undefined ? (
              <StatusBadge plain tone="idle" label={t("cases.never")} />
            ) : (
              <StatusBadge
                plain
                tone={original.outcome.passed ? "ok" : "critical"}
                label={original.outcome.passed ? t("cases.passed") : t("cases.failed")}
              />
            ),
        }),
        column.display({
          id: "at",
          header: t("cases.at"),
          meta: { width: 120 },
          cell: ({ row: { original } }) => (original.outcome ? <TimeAgo at={original.outcome.at} /> : null),
        }),
      ]),
    [t],
  );
}

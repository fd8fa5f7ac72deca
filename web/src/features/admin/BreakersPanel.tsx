import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StatusBadge } from "@/components/status/StatusBadge";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import { api } from "@/lib/api/client";
import type { Breaker } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { useMay } from "@/lib/query/me";
import type { Tone } from "@/theme/status";

const column = columnsOf<Breaker>();
const tones: Record<string, Tone> = { closed: "ok", open: "critical", half_open: "warn" };

/** Which calls to the outside are cut off after repeated failures, with a way to let them through again. */
export function BreakersPanel({ breakers }: { breakers: Breaker[] }) {
  const { t } = useTranslation("admin");
  const client = useQueryClient();
  const reset = useMutation({
    mutationFn: (name: string) =>
      api.POST("/api/v1/system/breakers/{name}/reset", { params: { path: { name } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["system"] }),
  });
  const columns = useBreakerColumns(reset.mutate);
  return (
    <Panel title={t("breakers.title")}>
      <ProblemNotice error={reset.error} />
      {breakers.length === 0 ? (
        <EmptyState kind="healthy" compact title={t("breakers.none.title")} text={t("breakers.none.text")} />
      ) : (
        <DataTable label={t("breakers.title")} columns={columns} rows={breakers} rowId={({ name }) => name} />
      )}
    </Panel>
  );
}

function useBreakerColumns(reset: (name: string) => void) {
  const { t, i18n } = useTranslation("admin");
  const mayReset = useMay()("system.write");
  return useMemo(
    () =>
      column.columns([
        column.accessor("name", {
          header: t("field.name"),
          cell: ({ getValue }) => <code>{getValue()}</code>,
        }),
        column.accessor("state", {
          header: t("field.state"),
          cell: ({ getValue }) => (
            <StatusBadge tone={tones[getValue()] ?? "idle"} label={t(`breakers.state.${getValue()}`)} />
          ),
        }),
        column.accessor("failures", { header: t("breakers.failures"), meta: { align: "end" } }),
        column.accessor("retry_after_s", {
          header: t("breakers.retry"),
          meta: { align: "end" },
          cell: ({ getValue }) =>
            getValue() > 0 ? showText(Math.ceil(getValue()), "s", i18n.language) : "–",
        }),
        column.display({
          id: "reset",
          header: "",
          meta: { align: "end" },
          cell: ({ row: { original } }) =>
            mayReset && original.state !== "closed" ? (
              <Button variant="default" size="compact-xs" onClick={() => reset(original.name)}>
                {t("breakers.reset")}
              </Button>
            ) : null,
        }),
      ]),
    [t, i18n.language, mayReset, reset],
  );
}

import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { LlmTotals } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { dollars } from "./model";

const column = columnsOf<LlmTotals>();

/** What each model took by day. */
export function TotalsPanel({ totals }: { totals: readonly LlmTotals[] }) {
  const { t, i18n } = useTranslation("llm");
  const rows = useMemo(() => [...totals], [totals]);
  const columns = useMemo(() => {
    const count = (value: number) => <span className="num">{value.toLocaleString(i18n.language)}</span>;
    return column.columns([
      column.accessor("day", { header: t("totals.day") }),
      column.accessor("connection", { header: t("calls.connection") }),
      column.accessor("model", { header: t("calls.model") }),
      column.accessor("calls", {
        header: t("totals.calls"),
        meta: { align: "end" },
        cell: ({ getValue }) => count(getValue()),
      }),
      column.accessor("unused", {
        header: t("totals.unused"),
        meta: { align: "end" },
        cell: ({ getValue }) => count(getValue()),
      }),
      column.accessor("tokens_in", {
        header: t("calls.tokensIn"),
        meta: { align: "end" },
        cell: ({ getValue }) => count(getValue()),
      }),
      column.accessor("tokens_out", {
        header: t("calls.tokensOut"),
        meta: { align: "end" },
        cell: ({ getValue }) => count(getValue()),
      }),
      column.accessor("cost", {
        header: t("calls.cost"),
        meta: { align: "end" },
        cell: ({ row: { original } }) => (
          <span className="num">
            {dollars(original.unpriced > 0 && original.cost === 0 ? null : original.cost, i18n.language)}
            {original.unpriced > 0 ? ` (${t("totals.unpriced", { count: original.unpriced })})` : ""}
          </span>
        ),
      }),
      column.accessor("average_ms", {
        header: t("totals.average"),
        meta: { align: "end" },
        cell: ({ getValue }) => <span className="num">{showText(getValue(), "ms", i18n.language)}</span>,
      }),
    ]);
  }, [t, i18n.language]);
  return (
    <Panel title={t("totals.title")}>
      <DataTable
        label={t("totals.title")}
        columns={columns}
        rows={rows}
        rowId={({ day, connection, model }) => `${day} ${connection} ${model}`}
      />
    </Panel>
  );
}

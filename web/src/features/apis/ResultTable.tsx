import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import styles from "./apis.module.css";
import { cellText, columnNames, isNumeric, rowsOf } from "./model/results";

type Row = Record<string, unknown>;
const column = columnsOf<{ index: number; row: Row }>();

/** The rows of a result, as they came. */
export function ResultTable({ items }: { items: readonly unknown[] }) {
  const { t } = useTranslation("apis");
  const rows = useMemo(() => rowsOf(items), [items]);
  const indexed = useMemo(() => rows.map((row, index) => ({ index, row })), [rows]);
  const columns = useMemo(
    () =>
      column.columns(
        columnNames(rows).map((name) =>
          column.display({
            id: name,
            header: name,
            meta: { align: isNumeric(rows, name) ? "end" : "start" },
            cell: ({ row }) => {
              const text = cellText(row.original.row[name]);
              return text === null ? <span className={styles.note}>–</span> : text;
            },
          }),
        ),
      ),
    [rows],
  );
  return (
    <div className={styles.result}>
      <DataTable
        label={t("test.result")}
        columns={columns}
        rows={indexed}
        rowId={({ index }) => String(index)}
      />
    </div>
  );
}

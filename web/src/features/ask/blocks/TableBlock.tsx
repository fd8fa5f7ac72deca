import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { AnswerBlock } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { dateTime } from "@/lib/format/times";
import { isInstant, type Scalar } from "../model/answer";
import type { BlockContext } from "./Blocks";
import styles from "./blocks.module.css";
import { BlockHead } from "./Charts";

type Table = Extract<AnswerBlock, { type: "table" }>;
const column = columnsOf<{ index: number; row: Record<string, Scalar> }>();

function cellText(value: Scalar | undefined, unit: string, language: string): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return showText(value, unit, language);
  return isInstant(value) ? dateTime(new Date(value), language) : String(value);
}

export function TableBlock({ block, context }: { block: Table; context: BlockContext }) {
  const { t, i18n } = useTranslation("ask");
  const rows = useMemo(() => block.rows.map((row, index) => ({ index, row })), [block]);
  const columns = useMemo(
    () =>
      column.columns(
        block.columns.map(({ key, label, unit, kind }) =>
          column.display({
            id: key,
            header: label,
            meta: { align: kind === "number" ? "end" : "start" },
            cell: ({ row }) => (
              <span className={kind === "text" ? undefined : "num"}>
                {cellText(row.original.row[key], unit, i18n.language)}
              </span>
            ),
          }),
        ),
      ),
    [block, i18n.language],
  );
  return (
    <section className={styles.block}>
      <BlockHead title={block.title} reference={block.reference} context={context} />
      <div className={styles.table}>
        <DataTable label={block.title} columns={columns} rows={rows} rowId={({ index }) => String(index)} />
      </div>
      {block.total > block.rows.length ? (
        <p className={styles.note}>{t("table.shown", { shown: block.rows.length, count: block.total })}</p>
      ) : null}
    </section>
  );
}

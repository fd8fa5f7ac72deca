/** What a scan found changed, as it is shown. Pure. */
import type { CatalogDiff } from "@/lib/api/types";

export type Change = NonNullable<CatalogDiff["changes"]>[number];
type Candidate = NonNullable<CatalogDiff["candidates"]>[number];

export type ChangeOp = "added" | "removed" | "changed";

export function opOf({ kind }: Pick<Change, "kind">): ChangeOp {
  if (kind.endsWith("_added")) return "added";
  return kind.endsWith("_removed") ? "removed" : "changed";
}

export function placeOf({ table, column }: Pick<Change, "table" | "column">): string {
  return column === null || column === undefined ? table : `${table}.${column}`;
}

/** `before → after` as the database writes them; empty where there is neither. */
export function sidesOf({ before, after }: Pick<Change, "before" | "after">): string {
  const known = [before ?? "", after ?? ""];
  if (known.every((side) => side === "")) return "";
  return before === null || before === undefined || after === null || after === undefined
    ? known.join("")
    : known.map((side) => (side === "" ? "–" : side)).join(" → ");
}

/** `shop.old → shop.new`, or with the column of a table. */
export function candidateText(each: Candidate): string {
  const { table_before, table_after, column_before, column_after } = each;
  if (column_before === null || column_before === undefined) return `${table_before} → ${table_after}`;
  return `${table_after}: ${column_before} → ${column_after ?? ""}`;
}

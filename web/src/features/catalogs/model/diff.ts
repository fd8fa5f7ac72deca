/** What a scan found changed, as the shared list of changes shows it. Pure. */
import type { ShownChange } from "@/components/diff/ChangeList";
import type { CatalogDiff } from "@/lib/api/types";

type Change = NonNullable<CatalogDiff["changes"]>[number];
type Candidate = NonNullable<CatalogDiff["candidates"]>[number];

export function shownChange({ kind, table, column, before, after }: Change, word: string): ShownChange {
  const name = column === null || column === undefined ? table : `${table}.${column}`;
  const op = kind.endsWith("_added") ? "added" : kind.endsWith("_removed") ? "removed" : "changed";
  return {
    op,
    pointer: `${kind} ${name} ${before ?? ""} ${after ?? ""}`,
    label: `${name} · ${word}`,
    before: before ?? "",
    after: after ?? "",
  };
}

/** `shop.old → shop.new`, or with the column of a table. */
export function candidateText(each: Candidate): string {
  const { table_before, table_after, column_before, column_after } = each;
  if (column_before === null || column_before === undefined) return `${table_before} → ${table_after}`;
  return `${table_after}: ${column_before} → ${column_after ?? ""}`;
}

/** Undo over words: what was shown at each place that was changed since the page was opened. Pure. */
import { type Json, partsOf, same } from "@/lib/json/pointer";
import { edited, type History } from "@/lib/undo/undo";
import type { Edit } from "./words";

/** By pointer; undefined: nobody had said anything there. */
export type Places = Readonly<Record<string, Json | undefined>>;

/** One change more; `before` is what stood there. */
export function changed(
  history: History<Places>,
  edit: Edit,
  before: Json | undefined,
  at: number,
): History<Places> {
  const present =
    edit.pointer in history.present ? history.present : { ...history.present, [edit.pointer]: before };
  return edited(
    { ...history, present },
    { ...present, [edit.pointer]: edit.value },
    labelOf(edit.pointer),
    at,
  );
}

/** What has to be written to get from one state to another. */
export function between(from: Places, to: Places): Edit[] {
  return Object.entries(to)
    .filter(([pointer, value]) => !same(from[pointer], value))
    .map(([pointer, value]) => ({ pointer, value }));
}

/** The table or column a place belongs to, and the part of it. */
function labelOf(pointer: string): string {
  return partsOf(pointer)
    .filter((part) => part !== "tables" && part !== "columns")
    .join(" · ");
}

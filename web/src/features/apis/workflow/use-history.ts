import { useState } from "react";
import { type Json, same } from "@/lib/json/pointer";
import { begin, edited, redone, undone } from "@/lib/undo/undo";
import { documentOf, type Logic } from "../model/logic";

/** Undo and redo of the logic. Logic that came from elsewhere (a save by somebody else was loaded) begins a new history. */
export function useHistory<T extends Logic>(value: T, write: (value: T) => void) {
  const [kept, setKept] = useState(() => begin(value));
  const isSame = same(documentOf(kept.present) as Json, documentOf(value) as Json);
  const history = isSame ? kept : begin(value);
  const set = (next: typeof kept) => {
    setKept(next);
    write(next.present);
  };
  return {
    edit: (next: T, label: string) => set(edited(history, next, label, Date.now())),
    undo: () => set(undone(history)),
    redo: () => set(redone(history)),
    undoLabel: history.past.at(-1)?.label ?? null,
    redoLabel: history.future.at(0)?.label ?? null,
  };
}

export type LogicHistory = ReturnType<typeof useHistory<Extract<Logic, { type: "workflow" }>>>;

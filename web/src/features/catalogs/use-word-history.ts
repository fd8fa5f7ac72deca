import { useCallback, useEffectEvent, useState } from "react";
import { useUndoKeys } from "@/components/draft/use-undo-keys";
import { type Json, type JsonObject, valueAt } from "@/lib/json/pointer";
import { begin, redone, undone } from "@/lib/undo/undo";
import { between, changed, type Places } from "./model/word-history";
import type { Edit } from "./model/words";

/** Edits of words that can be taken back, by button and by keys. */
export function useWordHistory(content: JsonObject, write: (edit: Edit) => void) {
  const [history, setHistory] = useState(() => begin<Places>({}));
  const go = useEffectEvent((next: typeof history) => {
    for (const edit of between(history.present, next.present)) write(edit);
    setHistory(next);
  });
  const back = useEffectEvent(() => go(undone(history)));
  const again = useEffectEvent(() => go(redone(history)));
  const undo = useCallback(() => back(), []);
  const redo = useCallback(() => again(), []);
  useUndoKeys(undo, redo);
  return {
    history,
    undo,
    redo,
    edit: (pointer: string, value: Json) => {
      setHistory((kept) => changed(kept, { pointer, value }, valueAt(content, pointer), performance.now()));
      write({ pointer, value });
    },
  };
}

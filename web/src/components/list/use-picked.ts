import { useMemo, useState } from "react";
import type { Picking } from "../table/Picks";
import { nothingPicked, present, toggled } from "./picked";

export interface PickedRows extends Picking {
  ids: string[];
  clear(): void;
}

/** Ticked rows of a list. What a filter takes out of the list is no longer ticked. */
export function usePicked(rows: readonly { id: string }[] | undefined): PickedRows {
  const [picked, setPicked] = useState(nothingPicked);
  return useMemo(() => {
    const order = (rows ?? []).map(({ id }) => id);
    const ids = present(picked, order);
    return {
      ids,
      count: ids.length,
      has: (id) => picked.ids.has(id),
      toggle: (id, range) => setPicked((kept) => toggled(kept, order, id, range)),
      set: (next) => setPicked({ ids: new Set(next), anchor: next.at(-1) ?? null }),
      clear: () => setPicked(nothingPicked),
    };
  }, [rows, picked]);
}

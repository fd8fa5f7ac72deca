import { useCallback, useMemo, useState } from "react";
import type { TraceSpan } from "@/lib/api/types";
import { everything, linesOf, type Wanted } from "./model/view";

export type Tree = ReturnType<typeof useTree>;

/** What of the tree is in view, and the line that the keys are at. */
export function useTree(spans: readonly TraceSpan[]) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [wanted, setWanted] = useState<Wanted>(everything);
  const [place, setAt] = useState(0);
  const lines = useMemo(() => linesOf(spans, closed, wanted), [spans, closed, wanted]);
  const toggle = useCallback((id: string, open: boolean) => {
    setClosed((kept) => {
      const next = new Set(kept);
      if (open) next.delete(id);
      else next.add(id);
      return next;
    });
  }, []);
  return { lines, wanted, setWanted, at: Math.min(place, lines.length - 1), setAt, toggle };
}

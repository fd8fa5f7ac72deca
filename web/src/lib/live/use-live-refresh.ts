import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { atMostEvery } from "./at-most-every";
import { useLive } from "./use-live";

/** Asks for some queries again when a topic speaks, at most once in `everyMs`, and only those on screen. */
export function useLiveRefresh(topic: string, queryKey: QueryKey, everyMs: number, active = true): void {
  const client = useQueryClient();
  const gate = useRef(atMostEvery());
  useEffect(() => gate.current.stop, []);
  useLive(
    topic,
    () =>
      gate.current.call(everyMs, () => void client.invalidateQueries({ queryKey, refetchType: "active" })),
    active,
  );
}

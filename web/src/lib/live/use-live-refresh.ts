import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useLive } from "./use-live";

/** Asks for some queries again when a topic speaks, at most once in `everyMs`, and only those on screen. */
export function useLiveRefresh(topic: string, queryKey: QueryKey, everyMs: number, active = true): void {
  const client = useQueryClient();
  const last = useRef(0);
  useLive(
    topic,
    () => {
      const now = Date.now();
      if (now - last.current < everyMs) return;
      last.current = now;
      void client.invalidateQueries({ queryKey, refetchType: "active" });
    },
    active,
  );
}

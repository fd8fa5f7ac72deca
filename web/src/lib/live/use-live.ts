import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import type { StreamMessage } from "@/lib/stream/stream";
import { LiveHub, type LiveStatus } from "./hub";

export const liveHub = new LiveHub();

/** Calls the handler for every message of a topic while the component is on screen. */
export function useLive(topic: string, handler: (message: StreamMessage) => void, active = true): void {
  const onMessage = useEffectEvent(handler);
  useEffect(
    () => (active ? liveHub.subscribe(topic, (message) => onMessage(message)) : undefined),
    [topic, active],
  );
}

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(liveHub.onStatus, liveHub.readStatus);
}

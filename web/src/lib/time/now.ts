import { useSyncExternalStore } from "react";

/** One clock for the whole page: every age on screen ticks together, and stops when nothing shows one. */
function createTicker(everyMs: number) {
  const listeners = new Set<() => void>();
  let at = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;

  function tick(): void {
    at = Date.now();
    for (const listener of listeners) listener();
  }

  return {
    subscribe(listener: () => void): () => void {
      if (listeners.size === 0) {
        at = Date.now();
        timer = setInterval(tick, everyMs);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
    read: () => at,
  };
}

const ticker = createTicker(1000);

export function useNow(): Date {
  return new Date(useSyncExternalStore(ticker.subscribe, ticker.read));
}

import { useSyncExternalStore } from "react";

/** The finder is loaded when it is first asked for, and opens as soon as it has come. */
let wanted = false;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useFinderWanted(): boolean {
  return useSyncExternalStore(subscribe, () => wanted);
}

export async function openFinder(): Promise<void> {
  wanted = true;
  for (const listener of listeners) listener();
  const { spotlight } = await import("@mantine/spotlight");
  spotlight.open();
}

import { useRouterState } from "@tanstack/react-router";

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** A draft that one page hands to the editor of another. It stands in the history entry, so a reload keeps it. */
    draft?: object;
  }
}

/** The draft that this page was opened with, as the body of a request that would create it. */
export function useHandedDraft<T extends object>(): T | undefined {
  return useRouterState({ select: ({ location }) => location.state.draft }) as T | undefined;
}

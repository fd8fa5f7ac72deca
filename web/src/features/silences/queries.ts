import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type {
  Inhibition,
  LabelMatcher,
  MaintenanceWindow,
  Matched,
  Silence,
  SilenceState,
  Spell,
  Timing,
} from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

export function useSilences(states: readonly SilenceState[]) {
  return usePaged<Silence>(["muting", "silences", states], (cursor, signal) =>
    dataOf<PageOf<Silence>>(
      api.GET("/api/v1/silences", {
        params: { query: { limit: 100, cursor: cursor ?? null, state: [...states] } },
        signal,
      }),
    ),
  );
}

export function useWindows() {
  return usePaged<MaintenanceWindow>(["muting", "windows"], (cursor, signal) =>
    dataOf<PageOf<MaintenanceWindow>>(
      api.GET("/api/v1/maintenance-windows", {
        params: { query: { limit: 100, cursor: cursor ?? null } },
        signal,
      }),
    ),
  );
}

export function useInhibitions() {
  return usePaged<Inhibition>(["muting", "inhibitions"], (cursor, signal) =>
    dataOf<PageOf<Inhibition>>(
      api.GET("/api/v1/inhibitions", { params: { query: { limit: 100, cursor: cursor ?? null } }, signal }),
    ),
  );
}

/** Which open alerts are meant. */
export function matchedQuery(matchers: readonly LabelMatcher[]) {
  return queryOptions({
    queryKey: ["alerts", "matched", matchers],
    queryFn: ({ signal }) =>
      dataOf<Matched>(
        api.POST("/api/v1/silences/preview", { body: { matchers: [...matchers] as never }, signal }),
      ),
    enabled: matchers.length > 0,
    retry: false,
  });
}

/** When a window would be open next. */
export function spellsQuery(timing: Timing | null) {
  return queryOptions({
    queryKey: ["muting", "spells", timing],
    queryFn: async ({ signal }) =>
      (
        await dataOf<{ upcoming: Spell[] }>(
          api.POST("/api/v1/maintenance-windows/preview", { body: { timing: timing as Timing }, signal }),
        )
      ).upcoming,
    enabled: timing !== null,
    retry: false,
  });
}

/** A change of what keeps alerts quiet: the lists and the alerts are asked for again. */
export function useMuting<T>(change: (input: T) => Promise<unknown>, onDone: () => void = () => undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      onDone();
      await Promise.all(["muting", "alerts"].map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
  });
}

export const revisionOf = ({ revision }: { revision: number }) => ({ "if-match": `"${revision}"` });

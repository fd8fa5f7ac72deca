import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { Alert, AlertDetail, AlertState, AlertSummary } from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

export interface AlertFilter {
  states: readonly AlertState[];
  q?: string | undefined;
}

export function useAlerts({ states, q }: AlertFilter) {
  return usePaged<Alert>(["alerts", "list", states, q ?? null], (cursor, signal) =>
    dataOf<PageOf<Alert>>(
      api.GET("/api/v1/alerts", {
        params: { query: { limit: 100, cursor: cursor ?? null, state: [...states], q: q ?? null } },
        signal,
      }),
    ),
  );
}

export function alertQuery(id: string) {
  return queryOptions({
    queryKey: ["alerts", "one", id],
    queryFn: ({ signal }) =>
      dataOf<AlertDetail>(
        api.GET("/api/v1/alerts/{alert_id}", { params: { path: { alert_id: id } }, signal }),
      ),
  });
}

export const summaryQuery = queryOptions({
  queryKey: ["alerts", "summary"],
  queryFn: ({ signal }) => dataOf<AlertSummary>(api.GET("/api/v1/alerts/summary", { signal })),
});

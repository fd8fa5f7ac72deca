import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { Alert, AlertDetail, AlertFacets, AlertSummary, AlertView, Person, Rule } from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";
import { type AlertFilters, queryOf } from "./model/filters";

export function useAlerts(filters: AlertFilters) {
  return usePaged<Alert>(["alerts", "list", filters], (cursor, signal) =>
    dataOf<PageOf<Alert>>(
      api.GET("/api/v1/alerts", {
        params: { query: { ...queryOf(filters), limit: 100, cursor: cursor ?? null } },
        signal,
      }),
    ),
  );
}

export function facetsQuery(filters: AlertFilters) {
  return queryOptions({
    queryKey: ["alerts", "facets", filters],
    queryFn: ({ signal }) =>
      dataOf<AlertFacets>(api.GET("/api/v1/alerts/facets", { params: { query: queryOf(filters) }, signal })),
    placeholderData: (kept) => kept,
  });
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

export const peopleQuery = queryOptions({
  queryKey: ["alert-people"],
  queryFn: async ({ signal }) =>
    (await dataOf<PageOf<Person>>(api.GET("/api/v1/alerts/people", { signal }))).items,
});

export const viewsQuery = queryOptions({
  queryKey: ["alert-views"],
  queryFn: async ({ signal }) =>
    (await dataOf<PageOf<AlertView>>(api.GET("/api/v1/alert-views", { signal }))).items,
});

/** Up to five hundred rules: enough to say how many watch. */
export const rulesQuery = queryOptions({
  queryKey: ["rules", "watching"],
  queryFn: async ({ signal }) =>
    (await dataOf<PageOf<Rule>>(api.GET("/api/v1/rules", { params: { query: { limit: 500 } }, signal })))
      .items,
});

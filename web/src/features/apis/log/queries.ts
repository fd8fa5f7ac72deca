import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type {
  ApiComparison,
  ApiLogKeeping,
  ApiMetrics,
  ApiRunFacets,
  ApiRunLog,
  ApiSummaries,
} from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";
import { resolve, type TimeRange } from "@/lib/time/range";
import { type RunFilters, toQuery } from "./model";

export function useLoggedRuns(filters: RunFilters, range: TimeRange) {
  return usePaged<ApiRunLog>(["api-runs", "list", filters, range], (cursor, signal) => {
    const query = { ...toQuery(filters, range, new Date()), limit: 100, cursor: cursor ?? null };
    return dataOf<PageOf<ApiRunLog>>(api.GET("/api/v1/api-runs", { params: { query }, signal }));
  });
}

/** Counting costs more than listing: it is done again now and then, not with every call that comes in. */
export function runFacetsQuery(filters: RunFilters, range: TimeRange, live: boolean) {
  return queryOptions({
    queryKey: ["api-run-facets", filters, range],
    queryFn: ({ signal }) =>
      dataOf<ApiRunFacets>(
        api.GET("/api/v1/api-runs/facets", {
          params: { query: toQuery(filters, range, new Date()) },
          signal,
        }),
      ),
    refetchInterval: live ? 15_000 : false,
  });
}

export function loggedRunQuery(id: string) {
  return queryOptions({
    queryKey: ["api-runs", "one", id],
    queryFn: ({ signal }) =>
      dataOf<ApiRunLog>(api.GET("/api/v1/api-runs/{run_id}", { params: { path: { run_id: id } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function rerun(id: string, version: number | null) {
  return dataOf<ApiComparison>(
    api.POST("/api/v1/api-runs/{run_id}/rerun", { params: { path: { run_id: id } }, body: { version } }),
  );
}

const span = (range: TimeRange) => {
  const { from, to } = resolve(range, new Date());
  return { from: from.toISOString(), to: to.toISOString() };
};

export function apiMetricsQuery(id: string, range: TimeRange) {
  return queryOptions({
    queryKey: ["api-metrics", "one", id, range],
    queryFn: ({ signal }) =>
      dataOf<ApiMetrics>(
        api.GET("/api/v1/api-metrics/{api_id}", {
          params: { path: { api_id: id }, query: span(range) },
          signal,
        }),
      ),
  });
}

export function apiSummariesQuery(range: TimeRange) {
  return queryOptions({
    queryKey: ["api-metrics", "all", range],
    queryFn: ({ signal }) =>
      dataOf<ApiSummaries>(api.GET("/api/v1/api-metrics", { params: { query: span(range) }, signal })),
  });
}

export const keepingQuery = queryOptions({
  queryKey: ["api-log-keeping"],
  queryFn: ({ signal }) => dataOf<ApiLogKeeping>(api.GET("/api/v1/api-runs/keeping", { signal })),
});

export function saveKeeping(wanted: Pick<ApiLogKeeping, "days" | "max_rows" | "max_bytes">) {
  return dataOf<ApiLogKeeping>(api.PUT("/api/v1/api-runs/keeping", { body: wanted }));
}

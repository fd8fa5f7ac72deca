import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type {
  SpanDetail,
  Trace,
  TraceComparison,
  TraceFacets,
  TraceKeeping,
  TracePart,
} from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";
import type { TimeRange } from "@/lib/time/range";
import { type TraceFilters, toQuery } from "./model/filters";

export function useTraces(filters: TraceFilters, range: TimeRange) {
  return usePaged<TracePart>(["traces", "list", filters, range], (cursor, signal) => {
    const query = { ...toQuery(filters, range, new Date()), limit: 100, cursor: cursor ?? null };
    return dataOf<PageOf<TracePart>>(api.GET("/api/v1/traces", { params: { query }, signal }));
  });
}

export function traceFacetsQuery(filters: TraceFilters, range: TimeRange) {
  return queryOptions({
    queryKey: ["traces", "facets", filters, range],
    queryFn: ({ signal }) =>
      dataOf<TraceFacets>(
        api.GET("/api/v1/traces/facets", { params: { query: toQuery(filters, range, new Date()) }, signal }),
      ),
  });
}

export function traceQuery(id: string) {
  return queryOptions({
    queryKey: ["traces", "one", id],
    queryFn: ({ signal }) =>
      dataOf<Trace>(api.GET("/api/v1/traces/{trace_id}", { params: { path: { trace_id: id } }, signal })),
  });
}

export function spanQuery(traceId: string, spanId: string) {
  return queryOptions({
    queryKey: ["traces", "span", traceId, spanId],
    queryFn: ({ signal }) =>
      dataOf<SpanDetail>(
        api.GET("/api/v1/traces/{trace_id}/spans/{span_id}", {
          params: { path: { trace_id: traceId, span_id: spanId } },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function comparisonQuery(id: string, other: string) {
  return queryOptions({
    queryKey: ["traces", "comparison", id, other],
    queryFn: ({ signal }) =>
      dataOf<TraceComparison>(
        api.GET("/api/v1/traces/{trace_id}/comparison", {
          params: { path: { trace_id: id }, query: { with: other } },
          signal,
        }),
      ),
  });
}

export const keepingQuery = queryOptions({
  queryKey: ["traces", "keeping"],
  queryFn: ({ signal }) => dataOf<TraceKeeping>(api.GET("/api/v1/traces/keeping", { signal })),
});

export function saveKeeping(wanted: Pick<TraceKeeping, "days" | "max_rows" | "max_bytes" | "hidden_names">) {
  return dataOf<TraceKeeping>(api.PUT("/api/v1/traces/keeping", { body: wanted }));
}

import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { Alert, Item, ItemDetail, ItemMetric } from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

interface Filter {
  type?: string | undefined;
  q?: string | undefined;
}

function itemsPage({ type, q }: Filter, limit: number, cursor: string | undefined, signal: AbortSignal) {
  const query = { limit, cursor: cursor ?? null, type: type ?? null, q: q ?? null };
  return dataOf<PageOf<Item>>(api.GET("/api/v1/items", { params: { query }, signal }));
}

export function useItems(filter: Filter) {
  return usePaged<Item>(["items", "list", filter.type ?? null, filter.q ?? null], (cursor, signal) =>
    itemsPage(filter, 100, cursor, signal),
  );
}

/** The first items of every type, which the facets count. */
export function facetQuery(q: string | undefined) {
  return queryOptions({
    queryKey: ["items", "facets", q ?? null],
    queryFn: ({ signal }) => itemsPage({ q }, 500, undefined, signal),
  });
}

export function itemQuery(id: string) {
  return queryOptions({
    queryKey: ["items", "one", id],
    queryFn: ({ signal }) =>
      dataOf<ItemDetail>(api.GET("/api/v1/items/{item_id}", { params: { path: { item_id: id } }, signal })),
  });
}

export function itemMetricsQuery(id: string) {
  return queryOptions({
    queryKey: ["items", "metrics", id],
    queryFn: ({ signal }) =>
      dataOf<PageOf<ItemMetric>>(
        api.GET("/api/v1/items/{item_id}/metrics", { params: { path: { item_id: id } }, signal }),
      ),
    refetchInterval: 60_000,
  });
}

export function itemAlertsQuery(id: string) {
  return queryOptions({
    queryKey: ["alerts", "of-item", id],
    queryFn: ({ signal }) =>
      dataOf<PageOf<Alert>>(
        api.GET("/api/v1/alerts", {
          params: { query: { item_id: id, state: ["firing", "acknowledged", "pending"], limit: 50 } },
          signal,
        }),
      ),
    refetchInterval: 30_000,
  });
}

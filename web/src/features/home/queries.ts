import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { Alert, EventRow, Item, ItemDetail, SystemHealth } from "@/lib/api/types";
import type { PageOf } from "@/lib/query/paged";

export interface Machine {
  host: ItemDetail;
  /** Opsloom's own database, which stands two relations away from the host. */
  databases: Item[];
}

function itemsOfType(type: string, signal: AbortSignal): Promise<PageOf<Item>> {
  return dataOf(api.GET("/api/v1/items", { params: { query: { type, limit: 100 } }, signal }));
}

/** The machine that the server itself runs on; null until its monitor has reported. */
export const machineQuery = queryOptions({
  queryKey: ["items", "own-machine"],
  queryFn: async ({ signal }): Promise<Machine | null> => {
    const [hosts, databases] = await Promise.all([
      itemsOfType("host", signal),
      itemsOfType("database", signal),
    ]);
    const own = hosts.items.find(({ attributes }) => attributes["monitored"] === true);
    if (own === undefined) return null;
    const path = { item_id: own.id };
    const host = await dataOf<ItemDetail>(api.GET("/api/v1/items/{item_id}", { params: { path }, signal }));
    return { host, databases: databases.items.filter(({ source }) => source === own.source) };
  },
  refetchInterval: (query) => (query.state.data === null ? 3000 : 60_000),
});

export const openAlertsQuery = queryOptions({
  queryKey: ["alerts", "open", "home"],
  queryFn: ({ signal }) =>
    dataOf<PageOf<Alert>>(
      api.GET("/api/v1/alerts", {
        params: { query: { state: ["firing", "acknowledged", "pending"], limit: 8 } },
        signal,
      }),
    ),
});

export const recentEventsQuery = queryOptions({
  queryKey: ["events", "recent", "home"],
  queryFn: ({ signal }) =>
    dataOf<PageOf<EventRow>>(api.GET("/api/v1/events", { params: { query: { limit: 8 } }, signal })),
});

export const healthQuery = queryOptions({
  queryKey: ["system", "health"],
  queryFn: ({ signal }) => dataOf<SystemHealth>(api.GET("/api/v1/system/health", { signal })),
  refetchInterval: 15_000,
});

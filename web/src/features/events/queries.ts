import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type {
  EventRefusal,
  EventRow,
  EventSource,
  EventSourceEdit,
  EventSourceMade,
  EventSources,
  EventSummary,
  EventTypeDetail,
  EventTypeListed,
  MappingPreview,
} from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";
import type { TimeRange } from "@/lib/time/range";
import { type EventFilters, toQuery } from "./filters";

export function useEvents(filters: EventFilters, range: TimeRange) {
  return usePaged<EventRow>(["events", "list", filters, range], (cursor, signal) => {
    const query = { ...toQuery(filters, range, new Date()), limit: 200, cursor: cursor ?? null };
    return dataOf<PageOf<EventRow>>(api.GET("/api/v1/events", { params: { query }, signal }));
  });
}

export function summaryQuery(filters: EventFilters, range: TimeRange, refetchInterval: number | false) {
  return queryOptions({
    queryKey: ["event-summary", filters, range],
    queryFn: ({ signal }) =>
      dataOf<EventSummary>(
        api.GET("/api/v1/events/summary", {
          params: { query: { ...toQuery(filters, range, new Date()), slots: 72 } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
}

export const typesQuery = queryOptions({
  queryKey: ["event-types"],
  queryFn: async ({ signal }) => {
    const page = await dataOf<PageOf<EventTypeListed>>(api.GET("/api/v1/events/types", { signal }));
    return page.items.map((each) => ({ ...each, id: each.type }));
  },
});

export function typeQuery(type: string) {
  return queryOptions({
    queryKey: ["event-types", type],
    queryFn: ({ signal }) =>
      dataOf<EventTypeDetail>(api.GET("/api/v1/events/types/{type}", { params: { path: { type } }, signal })),
  });
}

export const sourcesQuery = queryOptions({
  queryKey: ["event-sources"],
  queryFn: ({ signal }) => dataOf<EventSources>(api.GET("/api/v1/events/sources", { signal })),
  refetchInterval: 10_000,
});

export function refusalsQuery(door: string) {
  return queryOptions({
    queryKey: ["event-sources", "refusals", door],
    queryFn: ({ signal }) =>
      dataOf<PageOf<EventRefusal>>(
        api.GET("/api/v1/events/refusals", { params: { query: { door, limit: 20 } }, signal }),
      ),
    refetchInterval: 5000,
  });
}

/** Published mappings, to choose from. */
export const mappingsQuery = queryOptions({
  queryKey: ["assets", "mappings"],
  queryFn: async ({ signal }) => {
    const query = { kind: ["mapping"], state: ["published" as const], limit: 200 };
    return (await dataOf(api.GET("/api/v1/assets", { params: { query }, signal }))).items;
  },
});

const source = (id: string) => ({ params: { path: { source_id: id } } });

export function createSource(body: EventSourceEdit & { secret?: string | null }) {
  return dataOf<EventSourceMade>(api.POST("/api/v1/events/sources", { body }));
}

export function saveSource(id: string, body: EventSourceEdit) {
  return dataOf<EventSource>(api.PUT("/api/v1/events/sources/{source_id}", { ...source(id), body }));
}

export function renewSecret(id: string) {
  return dataOf<EventSourceMade>(
    api.POST("/api/v1/events/sources/{source_id}/secret", { ...source(id), body: {} }),
  );
}

export function removeSource(id: string) {
  return api.DELETE("/api/v1/events/sources/{source_id}", source(id));
}

export function previewMapping(expression: string, body: unknown) {
  return dataOf<MappingPreview>(
    api.POST("/api/v1/events/mappings/preview", { body: { expression, body, source: "trial" } }),
  );
}

/** A mapping under a new name, in force at once; returns its key. */
export async function makeMapping(name: string, expression: string, sample: unknown): Promise<string> {
  const content = { expression, sample };
  const made = await dataOf(
    api.POST("/api/v1/assets", { body: { kind: "mapping", name, content, description: "" } }),
  );
  const path = { asset_id: made.id };
  await api.POST("/api/v1/assets/{asset_id}/publish", {
    params: { path },
    body: { comment: "", force: false },
  });
  return made.key;
}

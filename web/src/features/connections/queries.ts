import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type {
  Connection,
  ConnectionNode,
  ConnectionSafety,
  ConnectionType,
  ConnectionTypes,
  PromqlSeries,
  Secret,
} from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";
import { resolve, stepFor, type TimeRange } from "@/lib/time/range";

export interface ConnectionFilters {
  q?: string | undefined;
  type?: ConnectionType | undefined;
}

const path = (id: string) => ({ asset_id: id });

export function useConnections({ q, type }: ConnectionFilters) {
  return usePaged<Connection>(["connections", "list", q, type], (cursor, signal) =>
    dataOf<PageOf<Connection>>(
      api.GET("/api/v1/connections", {
        params: { query: { q: q ?? null, type: type ?? null, limit: 100, cursor: cursor ?? null } },
        signal,
      }),
    ),
  );
}

export function connectionQuery(id: string) {
  return queryOptions({
    queryKey: ["connections", "one", id],
    queryFn: ({ signal }) =>
      dataOf<Connection>(api.GET("/api/v1/connections/{asset_id}", { params: { path: path(id) }, signal })),
  });
}

export const typesQuery = queryOptions({
  queryKey: ["connection-types"],
  queryFn: ({ signal }) => dataOf<ConnectionTypes>(api.GET("/api/v1/connection-types", { signal })),
  staleTime: 300_000,
});

/** Another system is asked: once for a path, and again only when somebody wants it. */
export function browseQuery(id: string, at: string) {
  return queryOptions({
    queryKey: ["connections", "browse", id, at],
    queryFn: async ({ signal }) =>
      (
        await dataOf<{ items: ConnectionNode[] }>(
          api.GET("/api/v1/connections/{asset_id}/browse", {
            params: { path: path(id), query: { path: at } },
            signal,
          }),
        )
      ).items,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

export function safetyQuery(id: string) {
  return queryOptions({
    queryKey: ["connections", "safety", id],
    queryFn: ({ signal }) =>
      dataOf<ConnectionSafety>(
        api.GET("/api/v1/connections/{asset_id}/safety", { params: { path: path(id) }, signal }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

export function promqlQuery(id: string, query: string, range: TimeRange) {
  return queryOptions({
    queryKey: ["connections", "promql", id, query, range],
    queryFn: async ({ signal }) => {
      const span = resolve(range, new Date());
      const body = {
        query,
        from: span.from.toISOString(),
        to: span.to.toISOString(),
        step_s: stepFor(span, 240),
      };
      const answer = await dataOf<{ series: PromqlSeries[] }>(
        api.POST("/api/v1/connections/{asset_id}/promql", {
          params: { path: path(id) },
          body,
          signal,
          // The generated answer makes pairs into lists.
        }) as Promise<{ data?: { series: PromqlSeries[] } }>,
      );
      return answer.series;
    },
    retry: false,
  });
}

export type SecretRow = Secret & { id: string };

export function useSecrets(q: string | undefined) {
  return usePaged<SecretRow>(["secrets", "list", q], async (cursor, signal) => {
    const page = await dataOf<PageOf<Secret>>(
      api.GET("/api/v1/secrets", {
        params: { query: { q: q ?? null, limit: 100, cursor: cursor ?? null } },
        signal,
      }),
    );
    return { ...page, items: page.items.map((secret) => ({ ...secret, id: secret.name })) };
  });
}

/** Names for choosing from; the first two hundred are enough for a list that can also be typed into. */
export const secretNamesQuery = queryOptions({
  queryKey: ["secrets", "names"],
  queryFn: async ({ signal }) =>
    (
      await dataOf<PageOf<Secret>>(api.GET("/api/v1/secrets", { params: { query: { limit: 200 } }, signal }))
    ).items.map(({ name }) => name),
});

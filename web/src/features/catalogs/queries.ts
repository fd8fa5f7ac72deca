import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type {
  Asset,
  CatalogDiagram,
  CatalogDiff,
  CatalogOverview,
  CatalogScan,
  CatalogTable,
  CatalogTableDetail,
  Connection,
} from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";
import { isLive } from "./words";

const path = (id: string) => ({ asset_id: id });

export function useCatalogs(q: string | undefined) {
  return usePaged<Asset>(["catalogs", "list", q], (cursor, signal) =>
    dataOf<PageOf<Asset>>(
      api.GET("/api/v1/assets", {
        params: {
          query: {
            kind: ["catalog"],
            state: ["draft", "published"],
            q: q ?? null,
            limit: 50,
            cursor: cursor ?? null,
          },
        },
        signal,
      }),
    ),
  );
}

export function overviewQuery(id: string) {
  return queryOptions({
    queryKey: ["catalogs", "overview", id],
    queryFn: ({ signal }) =>
      dataOf<CatalogOverview>(api.GET("/api/v1/catalogs/{asset_id}", { params: { path: path(id) }, signal })),
    staleTime: 30_000,
  });
}

export type TableRow = CatalogTable & { id: string };

export function useTables(id: string, q: string | undefined, problem: boolean) {
  return usePaged<TableRow>(["catalogs", "tables", id, q, problem], async (cursor, signal) => {
    const page = await dataOf<PageOf<CatalogTable>>(
      api.GET("/api/v1/catalogs/{asset_id}/tables", {
        params: { path: path(id), query: { q: q ?? null, problem, limit: 200, cursor: cursor ?? null } },
        signal,
      }),
    );
    return { ...page, items: page.items.map((table) => ({ ...table, id: table.path })) };
  });
}

export function tableQuery(id: string, table: string) {
  return queryOptions({
    queryKey: ["catalogs", "table", id, table],
    queryFn: ({ signal }) =>
      dataOf<CatalogTableDetail>(
        api.GET("/api/v1/catalogs/{asset_id}/tables/{table}", {
          params: { path: { ...path(id), table } },
          signal,
        }) as Promise<{ data?: CatalogTableDetail }>,
      ),
  });
}

export function useScans(id: string) {
  return usePaged<CatalogScan>(
    ["catalogs", "scans", id],
    (cursor, signal) =>
      dataOf<PageOf<CatalogScan>>(
        api.GET("/api/v1/catalogs/{asset_id}/scans", {
          params: { path: path(id), query: { limit: 50, cursor: cursor ?? null } },
          signal,
        }),
      ),
    isLive,
  );
}

export function scanDiffQuery(id: string, scanId: string) {
  return queryOptions({
    queryKey: ["catalogs", "diff", id, scanId],
    queryFn: ({ signal }) =>
      dataOf<CatalogDiff>(
        api.GET("/api/v1/catalogs/{asset_id}/scans/{scan_id}/diff", {
          params: { path: { ...path(id), scan_id: scanId } },
          signal,
        }),
      ),
  });
}

export function diagramQuery(id: string, tables: readonly string[]) {
  return queryOptions({
    queryKey: ["catalogs", "diagram", id, tables],
    queryFn: ({ signal }) =>
      dataOf<CatalogDiagram>(
        api.GET("/api/v1/catalogs/{asset_id}/diagram", {
          params: { path: path(id), query: { tables: tables.length === 0 ? null : [...tables], limit: 60 } },
          signal,
        }),
      ),
  });
}

const scannable = ["postgresql", "mysql", "sqlite", "duckdb", "sqlalchemy"];

/** Databases in force: what a catalog can describe. */
export const databasesQuery = queryOptions({
  queryKey: ["connections", "databases"],
  queryFn: async ({ signal }) => {
    const page = await dataOf<PageOf<Connection>>(
      api.GET("/api/v1/connections", { params: { query: { limit: 500 } }, signal }),
    );
    return page.items.filter(
      ({ type, published_version }) => scannable.includes(type) && published_version !== null,
    );
  },
});

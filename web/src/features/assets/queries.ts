import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type {
  Asset,
  AssetBulk,
  AssetBulkAction,
  AssetDetail,
  AssetFacets,
  AssetGraph,
  AssetHistory,
  AssetKind,
  AssetLinks,
  AssetReview,
  AssetVersion,
  AssetView,
} from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";
import type { AssetFilters } from "./model/filters";

const path = (id: string) => ({ asset_id: id });

function queryOf({ q, kind, state, tag, fault }: AssetFilters) {
  return { q: q ?? null, kind: kind ?? null, state: state ?? null, tag: tag ?? null, fault: fault ?? null };
}

export function useAssets(filters: AssetFilters) {
  return usePaged<Asset>(["assets", "list", filters], (cursor, signal) =>
    dataOf<PageOf<Asset>>(
      api.GET("/api/v1/assets", {
        params: { query: { ...queryOf(filters), limit: 100, cursor: cursor ?? null } },
        signal,
      }),
    ),
  );
}

export function facetsQuery(filters: AssetFilters) {
  return queryOptions({
    queryKey: ["assets", "facets", filters],
    queryFn: ({ signal }) =>
      dataOf<AssetFacets>(api.GET("/api/v1/assets/facets", { params: { query: queryOf(filters) }, signal })),
  });
}

export const kindsQuery = queryOptions({
  queryKey: ["asset-kinds"],
  queryFn: async ({ signal }) =>
    (await dataOf<PageOf<AssetKind>>(api.GET("/api/v1/assets/kinds", { signal }))).items,
  staleTime: 300_000,
});

export const viewsQuery = queryOptions({
  queryKey: ["asset-views"],
  queryFn: async ({ signal }) =>
    (await dataOf<PageOf<AssetView>>(api.GET("/api/v1/asset-views", { signal }))).items,
});

export function assetQuery(id: string) {
  return queryOptions({
    queryKey: ["assets", "one", id],
    queryFn: ({ signal }) =>
      dataOf<AssetDetail>(api.GET("/api/v1/assets/{asset_id}", { params: { path: path(id) }, signal })),
  });
}

export function useVersions(id: string) {
  return usePaged<AssetVersion>(["assets", "versions", id], (cursor, signal) =>
    dataOf<PageOf<AssetVersion>>(
      api.GET("/api/v1/assets/{asset_id}/versions", {
        params: { path: path(id), query: { limit: 50, cursor: cursor ?? null } },
        signal,
      }),
    ),
  );
}

export function linksQuery(id: string) {
  return queryOptions({
    queryKey: ["assets", "links", id],
    queryFn: ({ signal }) =>
      dataOf<AssetLinks>(api.GET("/api/v1/assets/{asset_id}/links", { params: { path: path(id) }, signal })),
  });
}

export function graphQuery(id: string, depth: number) {
  return queryOptions({
    queryKey: ["assets", "graph", id, depth],
    queryFn: ({ signal }) =>
      dataOf<AssetGraph>(
        api.GET("/api/v1/assets/{asset_id}/graph", { params: { path: path(id), query: { depth } }, signal }),
      ),
  });
}

export function useReviews(id: string) {
  return usePaged<AssetReview>(["assets", "reviews", id], (cursor, signal) =>
    dataOf<PageOf<AssetReview>>(
      api.GET("/api/v1/assets/{asset_id}/reviews", {
        params: { path: path(id), query: { limit: 50, cursor: cursor ?? null } },
        signal,
      }),
    ),
  );
}

export function useHistory(id: string) {
  return usePaged<AssetHistory>(["assets", "history", id], (cursor, signal) =>
    dataOf<PageOf<AssetHistory>>(
      api.GET("/api/v1/assets/{asset_id}/history", {
        params: { path: path(id), query: { limit: 50, cursor: cursor ?? null } },
        signal,
      }),
    ),
  );
}

const noticed: readonly AssetBulkAction[] = ["publish", "unpublish", "archive"];

/** What a step for many would do to each and to those who use it; asked anew each time, as others change them meanwhile. */
export function bulkAheadQuery(assets: readonly Asset[], action: AssetBulkAction) {
  const ids = assets.map(({ id }) => id);
  return queryOptions({
    queryKey: ["assets", "ahead", action, ids],
    queryFn: ({ signal }) =>
      dataOf<AssetBulk>(
        api.POST("/api/v1/assets/bulk", {
          body: { ids, action, tag: null, comment: "", force: false, preview: true },
          signal,
        }),
      ),
    enabled: noticed.includes(action),
    staleTime: 0,
    gcTime: 0,
  });
}

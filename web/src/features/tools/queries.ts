import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type {
  Asset,
  AssetDetail,
  BuiltinTool,
  RemoteTools,
  ToolCase,
  ToolRunLine,
  WebConnection,
} from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

export function useToolAssets(q: string | undefined) {
  return usePaged<Asset>(["assets", "tools", q ?? ""], (cursor, signal) =>
    dataOf<PageOf<Asset>>(
      api.GET("/api/v1/assets", {
        params: { query: { kind: ["tool"], q: q ?? null, limit: 100, cursor: cursor ?? null } },
        signal,
      }),
    ),
  );
}

export const builtinsQuery = queryOptions({
  queryKey: ["tools", "builtins"],
  queryFn: ({ signal }) =>
    dataOf<{ items: BuiltinTool[] }>(api.GET("/api/v1/tools/builtins", { signal })).then(
      ({ items }) => items,
    ),
});

export function toolQuery(id: string) {
  return queryOptions({
    queryKey: ["assets", "one", id],
    queryFn: ({ signal }) =>
      dataOf<AssetDetail>(
        api.GET("/api/v1/assets/{asset_id}", { params: { path: { asset_id: id } }, signal }),
      ),
  });
}

export function useCases(id: string) {
  return usePaged<ToolCase>(["tools", id, "cases"], (cursor, signal) =>
    dataOf<PageOf<ToolCase>>(
      api.GET("/api/v1/tools/{asset_id}/cases", {
        params: { path: { asset_id: id }, query: { limit: 100, cursor: cursor ?? null } },
        signal,
      }),
    ),
  );
}

export function useToolRuns(id: string, failed: boolean) {
  return usePaged<ToolRunLine>(["tools", id, "runs", failed], (cursor, signal) =>
    dataOf<PageOf<ToolRunLine>>(
      api.GET("/api/v1/tools/{asset_id}/runs", {
        params: { path: { asset_id: id }, query: { limit: 100, cursor: cursor ?? null, failed } },
        signal,
      }),
    ),
  );
}

/** Published connections that speak HTTP, for choosing one. */
export const webConnectionsQuery = queryOptions({
  queryKey: ["connections", "web"],
  queryFn: ({ signal }) =>
    dataOf<PageOf<WebConnection>>(
      api.GET("/api/v1/connections", { params: { query: { limit: 200 } }, signal }),
    ).then(({ items }) =>
      items.filter(
        ({ type, published_version }) =>
          (type === "http" || type === "prometheus") && published_version !== null,
      ),
    ),
});

export function lookAtMcp(connection: string, path: string) {
  return dataOf<RemoteTools>(api.POST("/api/v1/imports/mcp", { body: { connection, path } }));
}

import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { Asset, AssetDetail } from "@/lib/api/types";

/** One asset with its draft: the same entry that the asset's own page keeps. */
export function oneAssetQuery(id: string) {
  return queryOptions({
    queryKey: ["assets", "one", id],
    queryFn: ({ signal }) =>
      dataOf<AssetDetail>(
        api.GET("/api/v1/assets/{asset_id}", { params: { path: { asset_id: id } }, signal }),
      ),
  });
}

/** What a header says of an asset. */
export function stageOf(asset: Pick<Asset, "state" | "published_version" | "draft_differs">) {
  if (asset.state === "archived") return "archived";
  if (asset.published_version === null) return "draft";
  return asset.draft_differs ? "changed" : "published";
}

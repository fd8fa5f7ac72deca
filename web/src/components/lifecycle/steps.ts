import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { AssetDiff, AssetImpact } from "@/lib/api/types";

export type StepName = "publish" | "rollback" | "unpublish" | "archive";

export interface Step {
  action: StepName;
  /** The version to roll back to. */
  version: number | null;
}

/** What the dialog has to know of an asset, of whatever kind: a rule and an API are assets too. */
export interface Stepping {
  id: string;
  name: string;
  published_version: number | null;
  /** Tells one draft from the next. */
  draft_revision: number;
}

/** Asked for anew each time: what others rely on changes while a dialog is closed. */
export function impactQuery(id: string, { action, version }: Step) {
  return queryOptions({
    queryKey: ["assets", "impact", id, action, version],
    queryFn: ({ signal }) =>
      dataOf<AssetImpact>(
        api.GET("/api/v1/assets/{asset_id}/impact", {
          params: { path: { asset_id: id }, query: { action, version } },
          signal,
        }),
      ),
    staleTime: 0,
    gcTime: 0,
  });
}

/** 0 is the draft; `revision` tells one draft from the next. */
export function diffQuery(id: string, from: number, to: number, revision: number) {
  return queryOptions({
    queryKey: ["assets", "diff", id, from, to, revision],
    queryFn: ({ signal }) =>
      dataOf<AssetDiff>(
        api.GET("/api/v1/assets/{asset_id}/diff", {
          params: { path: { asset_id: id }, query: { from, to } },
          signal,
        }),
      ),
  });
}

interface How {
  comment: string;
  force: boolean;
}

/** Publish, roll back, take out of force or archive; what comes of it is read anew. */
export function takeStep(id: string, { action, version }: Step, how: How): Promise<unknown> {
  const params = { path: { asset_id: id } };
  switch (action) {
    case "publish":
      return api.POST("/api/v1/assets/{asset_id}/publish", { params, body: how });
    case "rollback":
      return api.POST("/api/v1/assets/{asset_id}/rollback", {
        params,
        body: { ...how, version: version ?? 1 },
      });
    case "unpublish":
      return api.POST("/api/v1/assets/{asset_id}/unpublish", { params, body: how });
    default:
      return api.POST("/api/v1/assets/{asset_id}/archive", { params, body: how });
  }
}

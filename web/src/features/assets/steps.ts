import { api } from "@/lib/api/client";
import type { Step } from "./StepDialog";

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

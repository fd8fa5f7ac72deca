import type { CatalogScan } from "@/lib/api/types";
import type { Tone } from "@/theme/status";

export const scanTones: Record<CatalogScan["status"], Tone> = {
  queued: "idle",
  running: "info",
  succeeded: "ok",
  failed: "critical",
  cancelled: "idle",
  interrupted: "warn",
};

export function isLive({ status }: Pick<CatalogScan, "status">): boolean {
  return status === "queued" || status === "running";
}

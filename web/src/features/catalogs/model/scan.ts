/** What the stream says of scans. Pure. */
import type { CatalogScan } from "@/lib/api/types";
import { isObject } from "@/lib/json/pointer";

export interface Progress {
  catalog_id: string;
  scan_id: string;
  shown: Pick<CatalogScan, "status" | "tables_total" | "tables_done" | "tables_failed">;
}

const statuses: readonly CatalogScan["status"][] = [
  "queued",
  "running",
  "succeeded",
  "failed",
  "cancelled",
  "interrupted",
];

export function progressOf(payload: unknown): Progress | null {
  if (!isObject(payload)) return null;
  const status = statuses.find((each) => each === payload["status"]);
  const { catalog_id, scan_id } = payload;
  if (status === undefined || typeof catalog_id !== "string" || typeof scan_id !== "string") return null;
  const count = (name: string) => Number(payload[name] ?? 0);
  return {
    catalog_id,
    scan_id,
    shown: {
      status,
      tables_total: count("tables_total"),
      tables_done: count("tables_done"),
      tables_failed: count("tables_failed"),
    },
  };
}

export function isEnd({ shown: { status } }: Progress): boolean {
  return status !== "queued" && status !== "running";
}

/** Percent done; null while nobody knows how much there is. */
export function percentOf({ tables_total, tables_done }: Progress["shown"]): number | null {
  return tables_total === 0 ? null : Math.min(100, Math.round((tables_done / tables_total) * 100));
}

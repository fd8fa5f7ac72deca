import type { TraceChange, TraceStatus } from "@/lib/api/types";
import type { Tone } from "@/theme/status";

export const toneOf: Record<TraceStatus, Tone> = { ok: "ok", warning: "warn", error: "critical" };

export const changeTone: Record<TraceChange, Tone> = {
  same: "idle",
  slower: "warn",
  faster: "ok",
  failed: "critical",
  recovered: "ok",
  added: "info",
  removed: "info",
};

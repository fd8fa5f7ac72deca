import type { Executor, ExecutorRun, RulePerformance } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import type { Tone } from "@/theme/status";

/** How far back the figures reach; what the address may say. */
export const spans = [1, 6, 24, 168] as const;
export type Span = (typeof spans)[number];

export const spanOf = (text: unknown): Span => spans.find((one) => String(one) === String(text)) ?? 1;

export const runTones: Record<ExecutorRun["outcome"], Tone> = {
  running: "info",
  succeeded: "ok",
  failed: "critical",
  missed: "warn",
};

/** Where an executor stands: paused, at work, or what became of its last moment. */
export function standing(executor: Executor): "paused" | "waiting" | ExecutorRun["outcome"] {
  const last = executor.last_run;
  if (last?.outcome === "running") return "running";
  if (executor.paused_at !== null) return "paused";
  return last?.outcome ?? "waiting";
}

/** How long a run took, null while it has not ended. */
export function seconds(run: ExecutorRun): number | null {
  if (run.ended_at === null) return null;
  return Math.max(0, (new Date(run.ended_at).getTime() - new Date(run.started_at).getTime()) / 1000);
}

/** A part of what is allowed, between 0 and 1. */
export const share = (used: number, allowed: number): number =>
  allowed > 0 ? Math.min(1, Math.max(0, used / allowed)) : 0;

/** Milliseconds in the unit that reads best, down to millionths of a second. */
export function duration(ms: number | null, language: string): string {
  if (ms === null) return "–";
  if (ms < 0.1)
    return `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(ms * 1000)}\u00a0µs`;
  return showText(ms, "ms", language);
}

/** The middle, the slow and the slowest, or a dash where nothing was timed. */
export function threeOf(of: RulePerformance["engine"]["batch_ms"], language: string): string {
  if (of.p50 === null) return "–";
  return [of.p50, of.p95, of.p99].map((ms) => duration(ms, language)).join(" · ");
}

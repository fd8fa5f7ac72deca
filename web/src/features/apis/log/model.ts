/** The log as the URL, the server and the pages have it. Pure. */
import type { Line } from "@/components/chart/series";
import type { ApiMetrics, ApiNumbers, ApiRunLog, ApiRunOutcome } from "@/lib/api/types";
import { resolve, type TimeRange } from "@/lib/time/range";

export const outcomes: readonly ApiRunOutcome[] = [
  "answered",
  "refused",
  "limited",
  "left",
  "failed",
  "timed_out",
];

export interface RunFilters {
  q?: string | undefined;
  api?: string[] | undefined;
  version?: string[] | undefined;
  outcome?: ApiRunOutcome[] | undefined;
  code?: string[] | undefined;
  caller?: string[] | undefined;
  cache?: string[] | undefined;
  /** At least so many milliseconds. */
  slower?: number | undefined;
}

function texts(value: unknown): string[] | undefined {
  const all = (Array.isArray(value) ? value : [value])
    .filter((each) => typeof each === "string" || typeof each === "number")
    .map(String)
    .filter((each) => each !== "");
  return all.length === 0 ? undefined : [...new Set(all)];
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** What the URL says, whatever somebody typed into it. */
export function readRunFilters(search: Record<string, unknown>): RunFilters {
  const only = (name: string, fits: (text: string) => boolean) => {
    const found = texts(search[name])?.filter(fits);
    return found === undefined || found.length === 0 ? undefined : found;
  };
  const slower = Number(search["slower"]);
  return {
    q: texts(search["q"])?.[0],
    api: only("api", (text) => uuid.test(text)),
    version: only("version", (text) => /^\d{1,9}$/.test(text)),
    outcome: only("outcome", (text) => outcomes.includes(text as ApiRunOutcome)) as
      | ApiRunOutcome[]
      | undefined,
    code: texts(search["code"]),
    caller: only("caller", (text) => uuid.test(text)),
    cache: texts(search["cache"]),
    slower: slower > 0 && slower < 1e9 ? slower : undefined,
  };
}

export function isFiltered(filters: RunFilters): boolean {
  return Object.values(filters).some((each) => each !== undefined);
}

/** What the server is asked. “Now” leaves the end open: a call that is logged while the page loads belongs to it. */
export function toQuery(filters: RunFilters, range: TimeRange, now: Date) {
  const { from, to } = resolve(range, now);
  return {
    q: filters.q ?? null,
    api_id: filters.api ?? [],
    version: (filters.version ?? []).map(Number),
    outcome: filters.outcome ?? [],
    code: filters.code ?? [],
    caller: filters.caller ?? [],
    cache: filters.cache ?? [],
    slower_ms: filters.slower ?? null,
    from: from.toISOString(),
    ...(range.to === "now" ? {} : { to: to.toISOString() }),
  };
}

/** The address of the same list as a file. */
export function exportAddress(query: ReturnType<typeof toQuery>, format: "csv" | "ndjson"): string {
  const found = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(query))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== null && each !== undefined) found.append(name, String(each));
  return `/api/v1/api-runs/export?${found.toString()}`;
}

export type Part = "guard" | "queue" | "database" | "serialise" | "rest";

/** Where the time of a call went, in milliseconds and as shares of the whole. Making the answer comes after the run itself. */
export function timeSplit(run: ApiRunLog): { part: Part; ms: number; share: number }[] {
  const known = run.guard_ms + run.queue_ms + run.database_ms;
  const parts: [Part, number][] = [
    ["guard", run.guard_ms],
    ["queue", run.queue_ms],
    ["database", run.database_ms],
    ["rest", Math.max(0, run.total_ms - known)],
    ["serialise", run.serialise_ms],
  ];
  const whole = parts.reduce((sum, [, ms]) => sum + ms, 0);
  return parts.map(([part, ms]) => ({ part, ms, share: whole === 0 ? 0 : ms / whole }));
}

export function failuresOf({ refused, limited, failed, timed_out }: ApiNumbers): number {
  return refused + limited + failed + timed_out;
}

/** Calls a minute. */
export function rateOf(runs: number, start: string, end: string): number {
  const minutes = (Date.parse(end) - Date.parse(start)) / 60_000;
  return minutes <= 0 ? 0 : runs / minutes;
}

/** The share of answers that came from the cache, of the calls that looked into it; null when none did. */
export function hitShare({ hits, misses }: ApiNumbers): number | null {
  return hits + misses === 0 ? null : hits / (hits + misses);
}

const countNames = ["answered", "refused", "limited", "failed", "timed_out"] as const;
export type CountName = (typeof countNames)[number];

/** Calls a minute by how they ended: a step without calls is drawn as none, a way that nothing ended in not at all. */
export function countLines(metrics: ApiMetrics, name: (of: CountName) => string): Line[] {
  const minutes = metrics.step_s / 60;
  const at = new Map(metrics.points.map((point) => [Date.parse(point.at), point]));
  const times: number[] = [];
  const step = metrics.step_s * 1000;
  for (let time = Date.parse(metrics.start); time < Date.parse(metrics.end); time += step) times.push(time);
  const count = (of: CountName, point: ApiNumbers) =>
    of === "answered" ? point.runs - failuresOf(point) : point[of];
  return countNames
    .filter((of) => of === "answered" || metrics.total[of] > 0)
    .map((of) => ({
      name: name(of),
      unit: "",
      points: times.map((time) => {
        const point = at.get(time);
        return [new Date(time).toISOString(), point === undefined ? 0 : count(of, point) / minutes] as const;
      }),
    }));
}

/** Durations of the steps that had calls; empty ends make the chart as wide as the one of counts. A single point is a dot. */
export function timeLines(metrics: ApiMetrics): Line[] {
  const last = Date.parse(metrics.end) - 1;
  const [start, end] = [Date.parse(metrics.start), last].map(
    (time) => [new Date(time).toISOString(), null] as const,
  );
  const widen = metrics.points.length > 1 && start !== undefined && end !== undefined;
  return (["p50_ms", "p95_ms", "p99_ms"] as const).map((name) => {
    const points = metrics.points.map((point) => [point.at, point[name] ?? null] as const);
    return { name: name.slice(0, 3), unit: "ms", points: widen ? [start, ...points, end] : points };
  });
}

/** Why a logged call cannot be run again, as far as the log itself tells; the server knows the rest. */
export function whyNotAgain(run: ApiRunLog): "noApi" | "draft" | "masked" | null {
  if (run.api_id === null) return "noApi";
  if (run.version === 0) return "draft";
  const values = Object.values(run.parameters);
  return values.some((value) => typeof value === "string" && (value === "***" || value.includes('"***"')))
    ? "masked"
    : null;
}

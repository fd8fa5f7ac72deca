/** The list of traces as the URL and the server have it. Pure. */
import type { TraceKind, TraceStatus } from "@/lib/api/types";
import { resolve, type TimeRange } from "@/lib/time/range";

export const kinds: readonly TraceKind[] = [
  "question",
  "api",
  "workflow",
  "tool",
  "rule",
  "delivery",
  "job",
  "request",
  "page",
];
export const statuses: readonly TraceStatus[] = ["ok", "warning", "error"];

export interface TraceFilters {
  q?: string | undefined;
  kind?: TraceKind[] | undefined;
  status?: TraceStatus[] | undefined;
  family?: string[] | undefined;
  caller?: string[] | undefined;
  asset?: string[] | undefined;
  /** At least so many milliseconds. */
  slower?: number | undefined;
}

function texts(value: unknown): string[] {
  const all = (Array.isArray(value) ? value : [value])
    .filter((each) => typeof each === "string" || typeof each === "number")
    .map(String)
    .filter((each) => each !== "");
  return [...new Set(all)];
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** What the URL says, whatever somebody typed into it. */
export function readTraceFilters(search: Record<string, unknown>): TraceFilters {
  const only = <T extends string>(name: string, fits: (text: string) => boolean): T[] | undefined => {
    const found = texts(search[name]).filter(fits);
    return found.length === 0 ? undefined : (found as T[]);
  };
  const slower = Number(search["slower"]);
  return {
    q: texts(search["q"])[0],
    kind: only<TraceKind>("kind", (text) => kinds.includes(text as TraceKind)),
    status: only<TraceStatus>("status", (text) => statuses.includes(text as TraceStatus)),
    family: only("family", (text) => text.length <= 100),
    caller: only("caller", (text) => uuid.test(text)),
    asset: only("asset", (text) => uuid.test(text)),
    slower: slower > 0 && slower < 1e9 ? slower : undefined,
  };
}

export function isFiltered(filters: TraceFilters): boolean {
  return Object.values(filters).some((each) => each !== undefined);
}

/** What the server is asked. “Now” leaves the end open: a trace that ends while the page loads belongs to it. */
export function toQuery(filters: TraceFilters, range: TimeRange, now: Date) {
  const { from, to } = resolve(range, now);
  return {
    q: filters.q ?? null,
    kind: filters.kind ?? [],
    status: filters.status ?? [],
    family: filters.family ?? [],
    caller: filters.caller ?? [],
    asset: filters.asset ?? [],
    slower_ms: filters.slower ?? null,
    from: from.toISOString(),
    ...(range.to === "now" ? {} : { to: to.toISOString() }),
  };
}

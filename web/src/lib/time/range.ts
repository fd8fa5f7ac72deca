/**
 * The page's time range, as it stands in the URL: `from` and `to` are each `now`, `now-15m`, `now-7d/d` (rounded down to
 * the unit) or an ISO instant. Relative ends are resolved when a query runs, so a live page keeps moving.
 */
export interface TimeRange {
  from: string;
  to: string;
}

export interface Span {
  from: Date;
  to: Date;
}

export type Unit = "s" | "m" | "h" | "d" | "w";

export const defaultRange: TimeRange = { from: "now-1h", to: "now" };

/** The choices the picker offers, shortest first. */
export const presets: readonly string[] = [
  "now-5m",
  "now-15m",
  "now-1h",
  "now-6h",
  "now-24h",
  "now-7d",
  "now-30d",
];

const unitMs: Record<Unit, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const grammar = /^now(?:([+-])(\d{1,5})([smhdw]))?(?:\/([smhdw]))?$/;
const instant = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

function roundDown(at: Date, unit: Unit): Date {
  const day = new Date(at);
  if (unit === "s" || unit === "m") return new Date(Math.floor(at.getTime() / unitMs[unit]) * unitMs[unit]);
  if (unit === "h") day.setMinutes(0, 0, 0);
  else day.setHours(0, 0, 0, 0);
  // Weeks begin on Monday.
  if (unit === "w") day.setDate(day.getDate() - ((day.getDay() + 6) % 7));
  return day;
}

/** The instant that one end means at `now`; null when it is not understood. */
export function parseEnd(text: string, now: Date): Date | null {
  const match = grammar.exec(text);
  if (match === null) {
    if (!instant.test(text)) return null;
    const at = new Date(text);
    return Number.isNaN(at.getTime()) ? null : at;
  }
  const [, sign, amount, unit, rounding] = match;
  let at = now;
  if (sign !== undefined) {
    const shift = Number(amount) * unitMs[unit as Unit];
    at = new Date(now.getTime() + (sign === "-" ? -shift : shift));
  }
  return rounding === undefined ? at : roundDown(at, rounding as Unit);
}

export function isRelative(text: string): boolean {
  return grammar.test(text);
}

/** The span a range means at `now`. An end that is not understood, or ends in the wrong order, fall back to the last hour. */
export function resolve(range: TimeRange, now: Date): Span {
  const from = parseEnd(range.from, now);
  const to = parseEnd(range.to, now);
  if (from === null || to === null || from >= to)
    return { from: new Date(now.getTime() - unitMs.h), to: now };
  return { from, to };
}

/** "now-15m" → { amount: 15, unit: "m" } when the range is the last so-and-so-much, else null. */
export function lastOf(range: TimeRange): { amount: number; unit: Unit } | null {
  const match = grammar.exec(range.from);
  if (range.to !== "now" || match === null || match[1] !== "-" || match[4] !== undefined) return null;
  return { amount: Number(match[2]), unit: match[3] as Unit };
}

const niceSteps = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** The step in seconds that keeps a chart at or under `points` points, from a list that lines up with clock marks. */
export function stepFor(span: Span, points: number): number {
  const seconds = (span.to.getTime() - span.from.getTime()) / 1000;
  const least = seconds / Math.max(1, points);
  return niceSteps.find((step) => step >= least) ?? Math.ceil(least / 86_400) * 86_400;
}

/** How often new data can be seen at all: once a bucket, but at least once a minute. A month is not asked for every 5 s. */
export function usefulRefreshMs(stepS: number): number {
  return Math.min(60_000, Math.max(5000, stepS * 1000));
}

/** The span widened to whole steps: buckets of several queries then stand at the same instants, so their lines can be joined. */
export function onSteps(span: Span, stepS: number): { from: string; to: string } {
  const stepMs = stepS * 1000;
  const at = (ms: number) => new Date(ms).toISOString();
  return {
    from: at(Math.floor(span.from.getTime() / stepMs) * stepMs),
    to: at(Math.ceil(span.to.getTime() / stepMs) * stepMs),
  };
}

/** The range read from search parameters; anything odd becomes the default. */
export function rangeFrom(search: { from?: unknown; to?: unknown }, now: Date): TimeRange {
  const from = typeof search.from === "string" ? search.from : defaultRange.from;
  const to = typeof search.to === "string" ? search.to : defaultRange.to;
  const start = parseEnd(from, now);
  const end = parseEnd(to, now);
  return start === null || end === null || start >= end ? defaultRange : { from, to };
}

/** Moves a fixed or relative range by its own length; the result is fixed. */
export function shift(range: TimeRange, direction: -1 | 1, now: Date): TimeRange {
  const { from, to } = resolve(range, now);
  const length = to.getTime() - from.getTime();
  const move = (at: Date) => new Date(at.getTime() + direction * length).toISOString();
  return { from: move(from), to: move(to) };
}

/** Doubles the length around the middle, never ending after now. */
export function widen(range: TimeRange, now: Date): TimeRange {
  const { from, to } = resolve(range, now);
  const half = (to.getTime() - from.getTime()) / 2;
  const end = Math.min(to.getTime() + half, Math.max(now.getTime(), to.getTime()));
  return { from: new Date(end - 4 * half).toISOString(), to: new Date(end).toISOString() };
}

/** Seconds between refreshes, 0 for none. */
export const refreshChoices: readonly number[] = [0, 5, 10, 30, 60, 300];

export function refreshFrom(value: unknown): number {
  const seconds = Number(value);
  return refreshChoices.includes(seconds) ? seconds : 10;
}

/** What the shell keeps in the URL of every page. */
export interface RangeSearch {
  from?: string | undefined;
  to?: string | undefined;
  refresh?: number | undefined;
}

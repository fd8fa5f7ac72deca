/** What the list of events is narrowed to, as the URL and the server have it. Pure. */
import { resolve, type TimeRange } from "@/lib/time/range";
import { severities } from "./model";

export interface EventFilters {
  q?: string | undefined;
  type?: string[] | undefined;
  source?: string[] | undefined;
  severity?: SeverityChoice[] | undefined;
  subject?: string[] | undefined;
  /** Conditions on fields, as the server reads them: `data.status >= 500`. */
  where?: string[] | undefined;
}

export const severityChoices = [...severities, "none"] as const;
export type SeverityChoice = (typeof severityChoices)[number];

function texts(value: unknown): string[] | undefined {
  const all = (Array.isArray(value) ? value : [value])
    .filter((each) => typeof each === "string" || typeof each === "number")
    .map(String)
    .filter((each) => each !== "");
  return all.length === 0 ? undefined : [...new Set(all)];
}

/** What the URL says, whatever somebody typed into it. */
export function readEventFilters(search: Record<string, unknown>): EventFilters {
  const levels = severityChoices.filter((each) => texts(search["severity"])?.includes(each));
  return {
    q: texts(search["q"])?.[0],
    type: texts(search["type"]),
    source: texts(search["source"]),
    severity: levels.length === 0 ? undefined : levels,
    subject: texts(search["subject"]),
    where: texts(search["where"]),
  };
}

export function isFiltered(filters: EventFilters): boolean {
  return Object.values(filters).some((each) => each !== undefined);
}

export function toNarrowing(filters: EventFilters) {
  return {
    q: filters.q ?? null,
    type: filters.type ?? [],
    source: filters.source ?? [],
    severity: filters.severity ?? [],
    subject: filters.subject ?? [],
    where: filters.where ?? [],
  };
}

/** What the server is asked. “Now” leaves the end open: an event that arrives while the page loads belongs to it. */
export function toQuery(filters: EventFilters, range: TimeRange, now: Date) {
  const { from, to } = resolve(range, now);
  return {
    ...toNarrowing(filters),
    from: from.toISOString(),
    ...(range.to === "now" ? {} : { to: to.toISOString() }),
  };
}

/** An address with a query, for what the browser fetches by itself. */
export function addressOf(path: string, query: Record<string, string | readonly string[] | null>): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null) continue;
    for (const each of typeof value === "string" ? [value] : value) parts.append(name, each);
  }
  return `${path}?${parts.toString()}`;
}

const bare = /^[^\s."=!<>~]+$/;

/** The condition that a field of an event has exactly this value; null for values that a condition cannot name. */
export function conditionFor(path: readonly string[], value: unknown): string | null {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return null;
  const name = path.map((part) => (bare.test(part) ? part : JSON.stringify(part))).join(".");
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 300 ? null : `${name} = ${text}`;
}

/** The fields of an event that a condition can name, in the order they stand in it. */
export function fieldsOf(root: string, value: unknown, depth = 0): [path: string[], value: unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[[root], value]];
  return Object.entries(value).flatMap(([name, each]): [string[], unknown][] => {
    const inside = typeof each === "object" && each !== null && !Array.isArray(each) && depth < 3;
    return inside
      ? fieldsOf(name, each, depth + 1).map(([path, found]) => [[root, ...path], found])
      : [[[root, name], each]];
  });
}

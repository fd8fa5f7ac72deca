/** What conditions may name: columns, and fields and values that have been seen. Pure. */
import type { EventTypeDetail, SeriesInfo } from "@/lib/api/types";
import { isObject, type Json } from "@/lib/json/pointer";
import type { Source } from "./document";

export interface Seen {
  field: string;
  values: readonly string[];
}

const columns = {
  metric: ["value", "item", "unit", "metric", "time"],
  event: ["type", "source", "subject", "severity", "time"],
} as const;
const mostValues = 30;

interface SeenEvent {
  type: string;
  source: string;
  subject?: string | null;
  severity?: string | null;
  attributes?: Record<string, unknown>;
  data?: unknown;
}

/** Fields and values of series, by the names they have in a condition. */
export function seenInSeries(series: readonly SeriesInfo[]): Seen[] {
  const found = new Tally();
  for (const { item, unit, labels } of series) {
    found.add("item", item);
    found.add("unit", unit ?? null);
    for (const [name, value] of Object.entries(labels)) found.add(`attrs['${name}']`, value);
  }
  return found.result(columns.metric);
}

export function seenInEvents(events: readonly SeenEvent[]): Seen[] {
  const found = new Tally();
  for (const event of events) {
    for (const name of ["type", "source", "subject", "severity"] as const)
      found.add(name, event[name] ?? null);
    for (const [name, value] of Object.entries(event.attributes ?? {})) found.add(`attrs['${name}']`, value);
    fieldsOf(event.data as Json, "data", found, 0);
  }
  return found.result(columns.event);
}

/** The fields that are kept of a type, with the values that came most. */
export function seenInType({ sources, details }: Pick<EventTypeDetail, "sources" | "details">): Seen[] {
  const found = new Tally();
  for (const { value } of sources) found.add("source", value);
  for (const { path, values } of details) {
    found.add(path, null);
    for (const { value } of values) found.add(path, value);
  }
  return found.result(columns.event);
}

function fieldsOf(value: Json, path: string, found: Tally, depth: number): void {
  if (depth > 3 || !isObject(value)) return;
  for (const [name, each] of Object.entries(value)) {
    const inner = `${path}['${name.replaceAll("'", "''")}']`;
    if (isObject(each)) fieldsOf(each, inner, found, depth + 1);
    else found.add(inner, each);
  }
}

class Tally {
  private readonly met = new Map<string, Set<string>>();

  add(field: string, value: unknown): void {
    const values = this.met.get(field) ?? new Set();
    this.met.set(field, values);
    if (value === null || value === undefined || typeof value === "object") return;
    if (values.size < mostValues)
      values.add(typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value));
  }

  result(known: readonly string[]): Seen[] {
    const fields = [...known, ...[...this.met.keys()].filter((name) => !known.includes(name)).sort()];
    return fields.map((field) => ({ field, values: [...(this.met.get(field) ?? [])].sort() }));
  }
}

/** The key of what has been seen for a source, for queries. */
export function seenKey(source: Source | null): readonly unknown[] {
  if (source === null) return ["none"];
  return source.type === "event"
    ? ["event", source.event_type ?? null, source.source ?? null]
    : ["metric", source.metric];
}

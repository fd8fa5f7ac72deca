/** What the inventory pages make of items, relations and series. Pure. */
import type { Item, ItemMetric, Relation } from "@/lib/api/types";

/** The types that have a word of their own in every language; others are shown as the source wrote them. */
export const knownTypes = [
  "host",
  "server",
  "service",
  "process",
  "database",
  "cache",
  "queue",
  "storage",
  "filesystem",
  "disk",
  "interface",
  "network",
] as const;

/** Likewise the relations, told from both ends. */
export const knownRelations = [
  "RUNS_ON",
  "PART_OF",
  "USES",
  "DEPENDS_ON",
  "CONNECTED_TO",
  "STORED_ON",
  "REPLICATES",
  "PROTECTED_BY",
  "BACKED_UP_TO",
] as const;

type Named = Pick<Item, "name" | "display_name">;

export function nameOf(item: Named, language: string): string {
  return item.display_name[language] ?? item.name;
}

/** The exact name, where the one shown is another. */
export function otherName(item: Named, language: string): string | null {
  return nameOf(item, language) === item.name ? null : item.name;
}

export interface Facet {
  type: string;
  count: number;
}

/** How many items there are of each type, most first. The chosen type stays, also when nothing is left of it. */
export function facetsOf(items: readonly Pick<Item, "type">[], chosen: string | undefined): Facet[] {
  const counts = new Map<string, number>(chosen === undefined ? [] : [[chosen, 0]]);
  for (const { type } of items) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts]
    .map(([type, count]) => ({ type, count }))
    .sort((a, b) => b.count - a.count || a.type.localeCompare(b.type));
}

export interface Neighbour {
  id: string;
  /** The name the item is identified by. */
  name: string;
  type: string;
}

export interface RelationGroup {
  relation: string;
  /** "out": this item does it to the others; "in": the others do it to this item. */
  direction: "out" | "in";
  neighbours: Neighbour[];
}

/** The relations of an item by kind and direction, its own first. */
export function relationGroups(itemId: string, relations: readonly Relation[]): RelationGroup[] {
  const groups = new Map<string, RelationGroup>();
  const add = (direction: "out" | "in", relation: string, neighbour: Neighbour) => {
    const key = `${direction} ${relation}`;
    const group = groups.get(key) ?? { relation, direction, neighbours: [] };
    groups.set(key, group);
    group.neighbours.push(neighbour);
  };
  for (const one of relations) {
    if (one.source_id === itemId)
      add("out", one.type, { id: one.target_id, name: one.target, type: one.target_type });
    else add("in", one.type, { id: one.source_id, name: one.source, type: one.source_type });
  }
  for (const { neighbours } of groups.values()) neighbours.sort((a, b) => a.name.localeCompare(b.name));
  return [...groups.values()].sort(
    (a, b) => b.direction.localeCompare(a.direction) || a.relation.localeCompare(b.relation),
  );
}

export interface MeasuredMetric {
  metric: string;
  unit: string;
  title: Record<string, string>;
}

/** One entry a metric: an item may have several series of it that differ by their labels. */
export function metricsOf(series: readonly ItemMetric[]): MeasuredMetric[] {
  const found = new Map<string, MeasuredMetric>();
  for (const { metric, unit, title } of series)
    if (!found.has(metric)) found.set(metric, { metric, unit, title });
  return [...found.values()].sort((a, b) => a.metric.localeCompare(b.metric));
}

/** What tells a line from the others of its metric: the values of its labels, else the metric itself. */
export function lineName(labels: Readonly<Record<string, string>>, fallback: string): string {
  const values = Object.values(labels);
  return values.length === 0 ? fallback : values.join(" · ");
}

/** A title that stands at the head of a panel. */
export function headed(title: string): string {
  return title.slice(0, 1).toUpperCase() + title.slice(1);
}

/** The seconds that usually lie between samples, at least one step: a source that reports every hour has no gaps within it. */
export function usualStep(points: readonly (readonly [string, ...unknown[]])[], stepS: number): number {
  const times = points.map(([time]) => Date.parse(time) / 1000);
  const distances = times.slice(1).map((time, index) => time - (times[index] ?? time));
  distances.sort((a, b) => a - b);
  return Math.max(stepS, distances[Math.floor(distances.length / 2)] ?? stepS);
}

/** A free attribute of an item as text; sizes get their unit from the name. */
export function attributeText(name: string, value: unknown, bytes: (value: number) => string): string | null {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "number") return name.endsWith("_bytes") ? bytes(value) : String(value);
  return typeof value === "string" || typeof value === "boolean" ? String(value) : JSON.stringify(value);
}

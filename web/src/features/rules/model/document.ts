/** Rules of every kind as documents: how a new one begins, and what stays when the kind is changed. Pure. */
import type { RuleDefinition } from "@/lib/api/types";
import { isObject, type Json, type JsonObject } from "@/lib/json/pointer";

export const kinds = [
  "threshold",
  "aggregate",
  "sequence",
  "absence",
  "anomaly",
  "schedule",
  "composite",
] as const;
export type Kind = (typeof kinds)[number];
export type RuleOf<K extends Kind> = Extract<RuleDefinition, { kind: K }>;
export type Source = RuleOf<"threshold">["source"];

export function kindOf(content: JsonObject): Kind {
  return kinds.find((kind) => kind === content["kind"]) ?? "threshold";
}

const metric = { type: "metric", metric: "cpu.usage" };
const event = { type: "event", event_type: null, source: null };

/** What is special to a kind, as a new rule has it. */
const beginnings: Record<Kind, JsonObject> = {
  threshold: { source: metric, condition: "value > 90", for_s: 60 },
  aggregate: {
    source: metric,
    window: { type: "hopping", size_s: 300, slide_s: 60 },
    measures: [{ name: "average", function: "avg", of: "value" }],
    having: "average > 90",
  },
  sequence: {
    source: event,
    steps: [
      { name: "first", condition: "type = 'deploy.started'" },
      { name: "then", condition: "type = 'error'" },
    ],
    within_s: 600,
  },
  absence: { source: event, expect: "type = 'backup.finished'", within_s: 86_400 },
  anomaly: { source: metric, of: "value", detector: { type: "calibrated" } },
  schedule: {
    source: { type: "query", statement: "select item, type from data.items", cron: "*/15 * * * *" },
    condition: "data['type'] = 'host'",
  },
  composite: { members: [], expression: "", within_s: 300 },
};

/** What every kind has, and so stays when the kind is changed. */
const shared = ["severity", "title", "description", "labels", "annotations", "actions", "cooldown_s"];
/** What several kinds have and mean the same by. */
const alike = ["source", "keys", "late_s", "condition", "for_s", "resolve_after_s", "no_data"];
const takes: Record<Kind, readonly string[]> = {
  threshold: alike,
  aggregate: alike.filter((name) => name !== "condition"),
  sequence: ["source", "keys", "late_s"],
  absence: ["source", "keys", "late_s"],
  anomaly: alike.filter((name) => name !== "condition"),
  schedule: ["for_s", "resolve_after_s", "no_data"],
  composite: ["for_s"],
};

export function begun(kind: Kind): JsonObject {
  return { kind, ...structuredClone(beginnings[kind]), severity: "warning" };
}

/** The rule as another kind: what both mean the same by stays, but no example that nobody has touched. */
export function switched(content: JsonObject, kind: Kind): JsonObject {
  const from = kindOf(content);
  if (from === kind) return content;
  // Events that come in order, or do not come, are no samples: their rules keep a source only if it is of events.
  const inEvents = kind === "sequence" || kind === "absence";
  const isOfEvents = isObject(content["source"]) && content["source"]["type"] === "event";
  const loses = inEvents && !isOfEvents ? ["source", "keys"] : [];
  const names = [
    ...shared,
    ...takes[kind].filter((name) => takes[from].includes(name) && !loses.includes(name)),
  ];
  const untouched = (name: string) =>
    JSON.stringify(content[name]) === JSON.stringify(beginnings[from][name]);
  const kept = names
    .filter((name) => Object.hasOwn(content, name) && !untouched(name))
    .map((name) => [name, content[name] as Json]);
  return { ...begun(kind), ...Object.fromEntries(kept) };
}

/** What facts are read from; a query's rows are events. */
export function factSource(content: JsonObject): Source | null {
  const kind = kindOf(content);
  if (kind === "composite") return null;
  if (kind === "schedule") return { type: "event", event_type: null, source: null };
  return content["source"] as Source;
}

/** Where the conditions over facts stand. */
export function factConditions(content: JsonObject): string[] {
  const steps = Array.isArray(content["steps"]) ? content["steps"] : [];
  return [
    ...["/condition", "/resolve_condition", "/after", "/expect"].filter((pointer) =>
      Object.hasOwn(content, pointer.slice(1)),
    ),
    ...steps.map((_, index) => `/steps/${index}/condition`),
  ];
}

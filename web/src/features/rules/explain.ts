/** Which keys of a rule can be asked about, and how an answer reads. Pure. */
import type { Alert, Explanation, SeriesInfo } from "@/lib/api/types";
import type { Tone } from "@/theme/status";

export interface Candidate {
  key: string;
  label: string;
}

function labelOf(labels: Readonly<Record<string, string>>, key: string): string {
  const words = Object.values(labels).filter((word) => word !== "");
  return words.length === 0 ? key : words.join(" · ");
}

/** The key of a series as the engine writes it: the item, then its labels in order. */
export function seriesKey({ item_id, labels }: Pick<SeriesInfo, "item_id" | "labels">): string {
  const names = Object.keys(labels).sort();
  if (names.length === 0) return item_id;
  return item_id + JSON.stringify(Object.fromEntries(names.map((name) => [name, labels[name]])));
}

interface Known {
  alerts: readonly Pick<Alert, "key" | "labels">[];
  /** Series the rule reads; only of a rule that has a key for each series. */
  series: readonly SeriesInfo[];
}

/** Keys that have had alerts first, then what is merely watched: each once. */
export function candidates({ alerts, series }: Known): Candidate[] {
  const found = new Map<string, string>();
  const add = (key: string, label: string) => {
    if (!found.has(key)) found.set(key, label);
  };
  for (const { key, labels } of alerts) add(key, labelOf(labels, key));
  for (const one of series) add(seriesKey(one), labelOf({ item: one.item, ...one.labels }, one.item));
  return [...found].map(([key, label]) => ({ key, label }));
}

/** Also what a newer server may add: a verdict without a word of its own counts as unknown. */
const tones: Record<string, Tone> = {
  firing: "critical",
  pending: "warn",
  not_true: "ok",
  unknown: "idle",
  cooling_down: "info",
  no_facts: "idle",
  not_in_force: "idle",
  quarantined: "critical",
};

export function verdictOf({ verdict }: Pick<Explanation, "verdict">): { word: string; tone: Tone } {
  const word = verdict in tones ? verdict : "unknown";
  return { word, tone: tones[word] ?? "idle" };
}

/** The values of a part, as "value = 12.3". Numbers keep three digits: more says nothing about a distance. */
export function valuesText(
  values: Readonly<Record<string, unknown>>,
  number: (value: number) => string,
): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${typeof value === "number" ? number(value) : String(value)}`)
    .join(", ");
}

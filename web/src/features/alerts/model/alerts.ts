import type { Alert, AlertState, Rule } from "@/lib/api/types";
import type { Tone } from "@/theme/status";

/** What the page offers to filter by; each names the states it stands for. */
export const views = {
  open: ["firing", "acknowledged", "pending"],
  firing: ["firing"],
  acknowledged: ["acknowledged"],
  pending: ["pending"],
  resolved: ["resolved", "expired"],
} as const satisfies Record<string, readonly AlertState[]>;

export type View = keyof typeof views;

export const viewNames = Object.keys(views) as View[];

export function readView(value: unknown): View {
  return typeof value === "string" && value in views ? (value as View) : "open";
}

/** How many alerts a view holds; a state the server does not count has none. */
export function countOf(view: View, states: Partial<Record<AlertState, number>>): number {
  return views[view].reduce((sum, state) => sum + (states[state] ?? 0), 0);
}

const tones: Record<AlertState, Tone> = {
  pending: "idle",
  firing: "critical",
  acknowledged: "info",
  resolved: "ok",
  expired: "idle",
};

export function toneOf(state: AlertState): Tone {
  return tones[state];
}

export interface Fact {
  time: string;
  text: string;
}

/** Six digits decide nothing less; the sixteen of a sample only hide the first ones. */
function valueText(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value);
}

/** The deciding samples or events of a proof, as "value 93.1" at a time. What is not understood is left out. */
export function factsOf(proof: Record<string, unknown>): Fact[] {
  const facts = proof["facts"];
  if (!Array.isArray(facts)) return [];
  return facts.flatMap((fact: unknown) => {
    if (typeof fact !== "object" || fact === null) return [];
    const { time, values } = fact as { time?: unknown; values?: unknown };
    if (typeof time !== "string" || typeof values !== "object" || values === null) return [];
    const text = Object.entries(values)
      .map(([name, value]) => `${name} = ${valueText(value)}`)
      .join(", ");
    return [{ time, text }];
  });
}

/** A text of the proof, or null when it has none. */
export function proofText(proof: Record<string, unknown>, name: string): string | null {
  const value = proof[name];
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : null;
}

/** What the alert is about, the item first. One whose rule is keyed by something else still names the item it came from. */
export function aboutOf({ labels, item_id }: Pick<Alert, "labels" | "item_id">): [string, string][] {
  const { item, ...rest } = labels;
  const about = Object.entries(rest);
  if (item !== undefined) return [["item", item], ...about];
  return item_id === null ? about : [["item", item_id], ...about];
}

/** What some alerts have in common, as a silence for them would say it: equal rule and labels. None when they share nothing. */
export function sharedMatchers(alerts: readonly Pick<Alert, "rule_name" | "labels">[]): string[] {
  const [first, ...others] = alerts;
  if (first === undefined) return [];
  const all = Object.entries({ alertname: first.rule_name, ...first.labels });
  return all
    .filter(([name, value]) =>
      others.every((other) => ({ alertname: other.rule_name, ...other.labels })[name] === value),
    )
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
}

export interface Watch {
  inForce: number;
  quarantined: number;
  /** The last time any rule looked at a fact. */
  evaluatedAt: string | null;
}

/** Whether anybody is looking: rules in force, those that failed, and when one was evaluated last. */
export function watchOf(rules: readonly Pick<Rule, "in_force">[]): Watch {
  const runs = rules.flatMap(({ in_force }) => (in_force == null ? [] : [in_force]));
  const times = runs.flatMap(({ evaluated_at }) => (evaluated_at == null ? [] : [evaluated_at]));
  return {
    inForce: runs.filter(({ quarantined_at }) => quarantined_at == null).length,
    quarantined: runs.filter(({ quarantined_at }) => quarantined_at != null).length,
    evaluatedAt: times.sort().at(-1) ?? null,
  };
}

/** Whether people can still do something about it. */
export function isOpen(state: AlertState): boolean {
  return state === "firing" || state === "acknowledged";
}

import type { AnswerStatus, AskDecision, Reference, ReferenceRun } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import type { Tone } from "@/theme/status";

export type Scalar = string | number | boolean | null;

const tones: Record<AnswerStatus, Tone> = {
  answered: "ok",
  partial: "warn",
  no_data: "idle",
  needs_choice: "info",
  refused: "idle",
  failed: "critical",
  stopped: "idle",
};

export function toneOf(status: AnswerStatus): Tone {
  return tones[status];
}

/** A detail of a stage as people read it. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(", ");
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

/** Whether a text is an instant that a clock can show. */
export function isInstant(value: unknown): value is string {
  return typeof value === "string" && instant.test(value) && !Number.isNaN(Date.parse(value));
}

/** "+3.2 pp", "−1.4 MB/s"; nothing where one side has no number. The difference of percentages is in points. */
export function differenceText(difference: number | null, unit: string, language: string): string | null {
  if (difference === null) return null;
  const sign = difference > 0 ? "+" : difference < 0 ? "−" : "±";
  const size = Math.abs(difference);
  if (unit === "percent") return `${sign}${showText(size, "pp", language)}`;
  return `${sign}${showText(size, unit, language)}`;
}

export type Outcome = "same" | "value" | "rows";

/** What running the evidence again has shown: nothing new, another number, or other rows behind the same number. */
export function outcomeOf(run: Pick<ReferenceRun, "same" | "difference">): Outcome {
  if (run.same) return "same";
  return run.difference === null || run.difference === 0 ? "rows" : "value";
}

export type Parameter = Reference["parameters"][number];

/** The values bound to $1, $2, … as people read them. */
export function parameterTexts(parameters: readonly Parameter[]): [name: string, text: string][] {
  return parameters.map(({ value }, index) => {
    if (value === null) return [`$${index + 1}`, "null"];
    if (Array.isArray(value)) return [`$${index + 1}`, value.join(", ")];
    return [`$${index + 1}`, typeof value === "object" ? JSON.stringify(value) : String(value)];
  });
}

export interface Reading {
  intent: string;
  items: string[];
  metrics: string[];
  /** The intervals the plan covers, each once. */
  windows: { start: string; end: string; phrase: string }[];
}

/** How a question was read, from its plan; null when it was not planned. */
export function readingOf(decision: AskDecision | null): Reading | null {
  if (decision?.kind !== "planned") return null;
  const { intent, entities, steps } = decision.plan;
  const windows = new Map<string, Reading["windows"][number]>();
  const metrics = new Set<string>();
  for (const step of steps) {
    if (step.kind === "metric") metrics.add(`${step.aggregate}(${step.metric})`);
    const window = "window" in step ? step.window : null;
    if (window !== null && window !== undefined) windows.set(`${window.start} ${window.end}`, window);
  }
  return {
    intent,
    items: (entities ?? []).map(({ name }) => name),
    metrics: [...metrics],
    windows: [...windows.values()],
  };
}

/** How long each bar is, in hundredths of the longest; values below zero have none. */
export function barShares(values: readonly (number | null)[]): number[] {
  const longest = Math.max(0, ...values.map((value) => value ?? 0));
  return values.map((value) => (longest === 0 || value === null || value < 0 ? 0 : (value / longest) * 100));
}

/** Enter asks; Shift+Enter is a new line; Enter that ends a Hangul letter is neither. */
export function asksOnKey(
  event: { key: string; shiftKey: boolean; altKey: boolean; ctrlKey: boolean; metaKey: boolean },
  composing: boolean,
): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.altKey && !composing;
}

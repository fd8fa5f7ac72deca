import type { AskDecision, AskPlan, AskStep } from "@/lib/api/types";

export function planOf(decision: AskDecision | null): AskPlan | null {
  return decision?.kind === "planned" ? decision.plan : null;
}

export type Window = NonNullable<Extract<AskStep, { kind: "events" }>["window"]>;

export function windowOf(step: AskStep): Window | null {
  return "window" in step ? (step.window ?? null) : null;
}

export function limitOf(step: AskStep): number | null {
  return "limit" in step && step.limit !== undefined ? step.limit : null;
}

export function itemIdsOf(step: AskStep): readonly string[] | null {
  return "item_ids" in step ? (step.item_ids ?? []) : null;
}

/** The plan with one step changed; all others stay as they are. */
export function withStep(plan: AskPlan, id: string, change: Partial<AskStep>): AskPlan {
  return {
    ...plan,
    steps: plan.steps.map((step) => (step.id === id ? ({ ...step, ...change } as AskStep) : step)),
  };
}

/** Every step that covers the same interval as this one: moving one of them moves the question. */
export function withWindow(plan: AskPlan, from: Window, to: Window): AskPlan {
  return {
    ...plan,
    steps: plan.steps.map((step) => {
      const window = windowOf(step);
      return window !== null && window.start === from.start && window.end === from.end
        ? ({ ...step, window: { ...to, phrase: "", assumed: false } } as AskStep)
        : step;
    }),
  };
}

/** The intervals of a plan, each once. */
export function windowsOf(plan: AskPlan): Window[] {
  const found = new Map<string, Window>();
  for (const step of plan.steps) {
    const window = windowOf(step);
    if (window !== null) found.set(`${window.start} ${window.end}`, window);
  }
  return [...found.values()];
}

/** A plan from its JSON, or what is wrong with the text. What the plan says is judged by the server. */
export function planFrom(text: string): { plan: AskPlan } | { problem: string } {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null && Array.isArray((found as { steps?: unknown }).steps))
      return { plan: found as AskPlan };
    return { problem: "steps" };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** An instant as a field of date and time takes it, on the reader's clock. */
export function localText(instant: string): string {
  const at = new Date(instant);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

export function instantOf(local: string): string | null {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

const plain = new Set(["kind", "id", "window", "limit", "item_ids", "needs", "scope_name"]);

/** What else a step says, without what it leaves at its usual value: for reading, not for editing. */
export function factsOf(step: AskStep): [name: string, text: string][] {
  return Object.entries(step).flatMap(([name, value]): [string, string][] => {
    if (plain.has(name) || value === null || value === "" || value === false) return [];
    if (Array.isArray(value))
      return value.length === 0
        ? []
        : [
            [
              name,
              value.map((one) => (typeof one === "object" ? JSON.stringify(one) : String(one))).join(", "),
            ],
          ];
    return [[name, typeof value === "object" ? JSON.stringify(value) : String(value)]];
  });
}

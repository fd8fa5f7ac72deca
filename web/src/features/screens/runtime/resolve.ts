/** Values of a document with their expressions worked out. */
import { evaluate } from "./model/evaluate";
import type { PageStore } from "./model/page-store";
import { dependencies, filled, isTemplate, readTemplate } from "./model/template";
import type { Around } from "./page";

export class Unresolvable extends Error {}

export function inputOf(store: PageStore, around: Around): Record<string, unknown> {
  const { state, data, parameters } = store.read();
  return { ...around, state, data, parameters };
}

/** A text, list or object with every expression in it worked out. Throws Unresolvable. */
export async function resolved(value: unknown, store: PageStore, around: Around): Promise<unknown> {
  if (isTemplate(value)) return text(value, store, around);
  if (Array.isArray(value)) return Promise.all(value.map((each) => resolved(each, store, around)));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(
    async ([name, each]) => [name, await resolved(each, store, around)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function text(value: string, store: PageStore, around: Around): Promise<unknown> {
  const template = readTemplate(value);
  if (template === null) throw new Unresolvable("{{ … }}");
  const input = inputOf(store, around);
  const values = new Map<string, unknown>();
  for (const expression of template.pieces.filter((_, at) => at % 2 === 1)) {
    const outcome = await evaluate(expression, input);
    if ("problem" in outcome) throw new Unresolvable(outcome.problem);
    values.set(expression, outcome.value);
  }
  return filled(template, values);
}

/** Whether there is anything to work out, at any depth. */
export function holdsTemplate(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isTemplate(value);
  return Object.values(value).some(holdsTemplate);
}

/** The parts of the page that a value reads, at any depth. */
export function readsOf(value: unknown): ReadonlySet<string> {
  if (isTemplate(value)) {
    const expressions = readTemplate(value)?.pieces.filter((_, at) => at % 2 === 1) ?? [];
    return new Set(expressions.flatMap((each) => [...dependencies(each)]));
  }
  if (typeof value !== "object" || value === null) return new Set();
  return new Set(Object.values(value).flatMap((each) => [...readsOf(each)]));
}

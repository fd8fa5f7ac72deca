/** Runs expressions: each text is compiled once, and a list is one evaluation, never one for each row. */
import jsonata from "jsonata";

const limits = { timeout: 1000, stack: 300, sequence: 200_000 };
const most = 500;
const functionMarks = ["_jsonata_lambda", "_jsonata_function"];
const compiled = new Map<string, jsonata.Expression | string>();

export type Outcome = { value: unknown } | { problem: string };

export async function evaluate(expression: string, input: unknown): Promise<Outcome> {
  const program = compile(expression);
  if (typeof program === "string") return { problem: program };
  try {
    return { value: plain(await program.evaluate(input)) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** The expression's value for each of the inputs, in their order. */
export async function evaluateEach(expression: string, inputs: readonly unknown[]): Promise<Outcome> {
  if (inputs.length === 0) return { value: [] };
  const outcome = await evaluate(`each.{"value": (${expression})}[]`, { each: inputs });
  if ("problem" in outcome) return outcome;
  return { value: (outcome.value as { value?: unknown }[]).map((one) => one.value ?? null) };
}

/** Why an expression cannot be read, with its place; null: it can. */
export function syntaxProblem(expression: string): string | null {
  const program = compile(expression);
  return typeof program === "string" ? program : null;
}

function compile(expression: string): jsonata.Expression | string {
  const kept = compiled.get(expression);
  if (kept !== undefined) return kept;
  if (compiled.size >= most) compiled.delete(compiled.keys().next().value ?? "");
  let made: jsonata.Expression | string;
  try {
    made = jsonata(expression, limits);
  } catch (error) {
    made = messageOf(error);
  }
  compiled.set(expression, made);
  return made;
}

function messageOf(error: unknown): string {
  const { message, position } = error as { message?: string; position?: number };
  const said = message ?? String(error);
  return position === undefined ? said : `${said} (${position})`;
}

/** Results are the evaluator's own sequences, and functions are nobody's value. */
function plain(value: unknown): unknown {
  if (typeof value === "function") return null;
  if (typeof value === "object" && value !== null && functionMarks.some((mark) => mark in value)) return null;
  return Array.isArray(value) ? [...value] : value;
}

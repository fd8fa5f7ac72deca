/** Pure parts of saved cases: the form's texts as the case that is sent, and back. */
import type { ApiCase, ApiCaseDraft, ApiMatcher } from "@/lib/api/types";

export const matcherTypes = ["contains", "equals", "rows", "schema"] as const;
export type MatcherType = (typeof matcherTypes)[number];

/** One condition as it is typed. */
export interface MatcherForm {
  id: string;
  type: MatcherType;
  pointer: string;
  /** JSON: the value, or the schema. */
  text: string;
  minimum: string;
  maximum: string;
}

export interface CaseForm {
  name: string;
  parameters: string;
  status: string;
  code: string;
  matchers: MatcherForm[];
  frozen: boolean;
  now: string;
  seed: string;
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

let made = 0;

export function newMatcher(type: MatcherType, value?: unknown): MatcherForm {
  made += 1;
  const text = value === undefined ? "" : pretty(value);
  return { id: String(made), type, pointer: "", text, minimum: "", maximum: "" };
}

/** What a call gave; `answer` is undefined where there is none to look at. */
export interface Given {
  status: number;
  code: string;
  answer: unknown;
}

/** A new case of a call that was just made: what it gave is what is expected. */
export function caseOf(parameters: object, given: Given): CaseForm {
  const failed = given.code !== "";
  return {
    name: "",
    parameters: pretty(parameters),
    status: String(given.status),
    code: given.code,
    matchers: failed || given.answer === undefined ? [] : [newMatcher("equals", given.answer)],
    frozen: false,
    now: "",
    seed: "0",
  };
}

export function formOf({ name, parameters, expectation, frozen }: ApiCase): CaseForm {
  return {
    name,
    parameters: pretty(parameters),
    status: String(expectation.status ?? 200),
    code: expectation.code ?? "",
    matchers: (expectation.matchers ?? []).map(matcherForm),
    frozen: frozen !== null && frozen !== undefined,
    now: frozen?.now ?? "",
    seed: String(frozen?.seed ?? 0),
  };
}

function matcherForm(matcher: ApiMatcher): MatcherForm {
  const form = newMatcher(matcher.type);
  switch (matcher.type) {
    case "rows":
      return {
        ...form,
        minimum: String(matcher.minimum ?? 0),
        maximum: matcher.maximum === null || matcher.maximum === undefined ? "" : String(matcher.maximum),
      };
    case "schema":
      return { ...form, text: matcher.answer_schema ? pretty(matcher.answer_schema) : "" };
    default:
      return { ...form, pointer: matcher.pointer ?? "", text: pretty(matcher.value) };
  }
}

/** The case that the form says, or which field cannot be read. */
export function draftOf(form: CaseForm): { draft: ApiCaseDraft } | { wrong: string } {
  const parameters = read(form.parameters === "" ? "{}" : form.parameters);
  if (typeof parameters !== "object" || parameters === null || Array.isArray(parameters))
    return { wrong: "parameters" };
  const matchers: ApiMatcher[] = [];
  for (const each of form.matchers) {
    const matcher = matcherOf(each);
    if (matcher === null) return { wrong: each.id };
    matchers.push(matcher);
  }
  const draft = {
    name: form.name.trim(),
    parameters,
    expectation: { status: Number(form.status) || 200, code: form.code.trim() || null, matchers },
    frozen: form.frozen ? { now: form.now, seed: Number(form.seed) || 0 } : null,
  };
  return { draft: draft as ApiCaseDraft };
}

function matcherOf({ type, pointer, text, minimum, maximum }: MatcherForm): ApiMatcher | null {
  if (type === "rows")
    return { type, minimum: Number(minimum) || 0, maximum: maximum === "" ? null : Number(maximum) };
  if (type === "schema" && text.trim() === "") return { type, answer_schema: null };
  const value = read(text);
  if (value === undefined) return null;
  if (type === "schema") return { type, answer_schema: value as Record<string, unknown> } as ApiMatcher;
  return { type, pointer, value } as ApiMatcher;
}

/** Undefined: it is no JSON. */
function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The case with the answer it gave last as the one expected from now on. */
export function kept({ name, parameters, expectation, frozen, outcome }: ApiCase): ApiCaseDraft | null {
  if (outcome === null || outcome === undefined) return null;
  const failed = outcome.code !== "";
  if (!failed && (outcome.answer === undefined || outcome.answer === null) && outcome.rows > 0) return null;
  const equals = { type: "equals", pointer: "", value: outcome.answer ?? null } as ApiMatcher;
  const others = (expectation.matchers ?? []).filter(
    ({ type }) => type === "schema" || (failed && type !== "equals"),
  );
  return {
    name,
    parameters,
    expectation: {
      status: outcome.status,
      code: failed ? outcome.code : null,
      matchers: failed ? others : [equals, ...others],
    },
    frozen: frozen ?? null,
  } as ApiCaseDraft;
}

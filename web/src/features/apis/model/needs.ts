/** What stands in the way of saving a form. Pure. */
import type { ApiForm, ParameterForm } from "./form";
import { isJudgeable, isSql } from "./logic";
import { type TermNeed, termNeeds } from "./terms";

/** The whole numbers a field takes, as the server does; `optional` ones may be left empty. */
export const numberFields = {
  timeoutMs: { from: 10, to: 60_000, optional: false },
  maxRows: { from: 1, to: 100_000, optional: false },
  maxBytes: { from: 1000, to: 64_000_000, optional: false },
  concurrency: { from: 1, to: 100, optional: false },
  callerRate: { from: 1, to: 6_000_000, optional: true },
  tenantRate: { from: 1, to: 6_000_000, optional: true },
  ttlS: { from: 0, to: 86_400, optional: false },
  staleS: { from: 0, to: 86_400, optional: false },
  samplePercent: { from: 0, to: 100, optional: false },
} as const;

export type NumberField = keyof typeof numberFields;
export const numberFieldNames = Object.keys(numberFields) as NumberField[];

export function fitsNumber(field: NumberField, text: string): boolean {
  const { from, to, optional } = numberFields[field];
  if (text.trim() === "") return optional;
  const value = Number(text);
  return Number.isInteger(value) && value >= from && value <= to;
}

const pathPart = /^(?:[A-Za-z0-9가-힣][A-Za-z0-9가-힣._~-]*|\{[A-Za-z_]\w{0,62}\})$/;
const parameterName = /^[A-Za-z_]\w{0,62}$/;

export function fitsPath(path: string): boolean {
  const parts = path
    .trim()
    .replace(/^\/+|\/+$/g, "")
    .split("/");
  return parts.every((part) => pathPart.test(part));
}

export type Need =
  | TermNeed
  | "name"
  | "path"
  | "sql"
  | "number"
  | "parameterName"
  | "parameterTwice"
  | "choices"
  | "code"
  | "http"
  | "nodes";

function logicNeed({ logic, sql }: ApiForm): Need | null {
  if (isSql(logic)) return sql.trim() === "" ? "sql" : null;
  if (logic.type === "workflow") return logic.nodes.length === 0 ? "nodes" : null;
  if (isJudgeable(logic)) return null;
  return logic.type === "script" ? "code" : "http";
}

function parameterNeeds(parameters: readonly ParameterForm[]): Record<string, Need> {
  const needs: Record<string, Need> = {};
  const seen = new Set<string>();
  for (const [index, { name, type, choices }] of parameters.entries()) {
    if (!parameterName.test(name)) needs[`parameters.${index}.name`] = "parameterName";
    else if (seen.has(name)) needs[`parameters.${index}.name`] = "parameterTwice";
    if (type === "enum" && choices.length === 0) needs[`parameters.${index}.choices`] = "choices";
    seen.add(name);
  }
  return needs;
}

/** What stands in the way of saving, by the path of the field. */
export function needsOf(form: ApiForm): Record<string, Need> {
  const needs: Record<string, Need> = {};
  if (form.name.trim() === "") needs["name"] = "name";
  if (!fitsPath(form.path)) needs["path"] = "path";
  const lacking = logicNeed(form);
  if (lacking !== null) needs[lacking === "sql" ? "sql" : "logic"] = lacking;
  for (const field of numberFieldNames) if (!fitsNumber(field, form[field])) needs[field] = "number";
  return { ...needs, ...parameterNeeds(form.parameters), ...termNeeds(form.terms) };
}

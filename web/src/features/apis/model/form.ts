import type { ApiDefinition, ApiDraft, ApiParameter } from "@/lib/api/types";

export type ParameterType = ApiParameter["type"];
export type Place = ApiParameter["where"];

export const parameterTypes: readonly ParameterType[] = [
  "string",
  "integer",
  "number",
  "boolean",
  "date",
  "datetime",
  "uuid",
  "enum",
];
export const places: readonly Place[] = ["query", "path", "body"];

/** One parameter as it is typed. Numbers stay text until they are sent, so that nothing typed is lost. */
export interface ParameterForm {
  /** Tells rows apart while their names change; never sent. */
  key: string;
  name: string;
  type: ParameterType;
  where: Place;
  required: boolean;
  /** Null is no default; an empty text is a default of a string. */
  default: string | null;
  description: string;
  choices: string[];
  minimum: string;
  maximum: string;
  sensitive: boolean;
}

export interface ApiForm {
  name: string;
  path: string;
  method: ApiDraft["method"];
  description: string;
  tags: string[];
  /** The logic as it came: what this editor does not show is sent back as it is. */
  logic: ApiDraft["logic"];
  /** The query of an SQL logic. */
  sql: string;
  parameters: ParameterForm[];
  timeoutMs: string;
  maxRows: string;
  maxBytes: string;
  concurrency: string;
  callerRate: string;
  tenantRate: string;
  ttlS: string;
}

export const emptyForm: ApiForm = {
  name: "",
  path: "",
  method: "GET",
  description: "",
  tags: [],
  logic: { type: "sql", sql: "" },
  sql: "select time, item, value, unit\nfrom data.metrics\nwhere metric = :metric\norder by time desc\nlimit 100",
  parameters: [],
  timeoutMs: "5000",
  maxRows: "1000",
  maxBytes: "5000000",
  concurrency: "8",
  callerRate: "",
  tenantRate: "",
  ttlS: "0",
};

export function newParameter(key: string, name: string, where: Place): ParameterForm {
  return {
    key,
    name,
    type: "string",
    where,
    required: true,
    default: null,
    description: "",
    choices: [],
    minimum: "",
    maximum: "",
    sensitive: false,
  };
}

const numberText = (value: number | null | undefined) => String(value ?? "");
const numberOrNull = (text: string) => (text.trim() === "" ? null : Number(text));

function toParameterForm(parameter: ApiParameter, index: number): ParameterForm {
  const { name, type, where, required, description, sensitive } = parameter;
  return {
    key: `kept-${index}`,
    name,
    type,
    where,
    required,
    description,
    sensitive,
    default: parameter.default === null || parameter.default === undefined ? null : String(parameter.default),
    choices: parameter.enum,
    minimum: numberText(parameter.minimum),
    maximum: numberText(parameter.maximum),
  };
}

export function toForm(name: string, definition: ApiDefinition): ApiForm {
  const { path, method, description, limits, cache } = definition;
  return {
    name,
    path,
    method,
    description,
    tags: definition.tags ?? [],
    logic: definition.logic,
    sql: definition.logic.type === "sql" ? definition.logic.sql : "",
    parameters: (definition.parameters ?? []).map(toParameterForm),
    timeoutMs: String(limits.timeout_ms),
    maxRows: String(limits.max_rows),
    maxBytes: String(limits.max_bytes),
    concurrency: String(limits.concurrency),
    callerRate: numberText(limits.caller_rate),
    tenantRate: numberText(limits.tenant_rate),
    ttlS: String(cache.ttl_s),
  };
}

/** A typed value as its parameter's type wants it. What cannot be read stays text: the server says what is wrong with it. */
export function typedValue(type: ParameterType, text: string): string | number | boolean {
  if (type === "integer" || type === "number") {
    const value = Number(text);
    return text.trim() === "" || !Number.isFinite(value) ? text : value;
  }
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

export function toParameters(rows: readonly ParameterForm[]): ApiParameter[] {
  return rows.map(({ key: _, choices, minimum, maximum, ...row }) => ({
    ...row,
    default: row.default === null ? null : typedValue(row.type, row.default),
    enum: choices,
    minimum: numberOrNull(minimum),
    maximum: numberOrNull(maximum),
  }));
}

/** The logic with what was typed in it. */
export function logicOf({ logic, sql }: Pick<ApiForm, "logic" | "sql">): ApiDraft["logic"] {
  return logic.type === "sql" ? { ...logic, sql } : logic;
}

export function toDraft(form: ApiForm): ApiDraft {
  return {
    name: form.name.trim(),
    path: form.path.trim(),
    method: form.method,
    description: form.description,
    tags: form.tags,
    logic: logicOf(form),
    parameters: toParameters(form.parameters),
    limits: {
      timeout_ms: Number(form.timeoutMs),
      max_rows: Number(form.maxRows),
      max_bytes: Number(form.maxBytes),
      concurrency: Number(form.concurrency),
      caller_rate: numberOrNull(form.callerRate),
      tenant_rate: numberOrNull(form.tenantRate),
    },
    cache: { ttl_s: Number(form.ttlS) },
    auth: { required: true },
  };
}

/** The whole numbers a field takes, as the server does; `optional` ones may be left empty. */
export const numberFields = {
  timeoutMs: { from: 10, to: 60_000, optional: false },
  maxRows: { from: 1, to: 100_000, optional: false },
  maxBytes: { from: 1000, to: 64_000_000, optional: false },
  concurrency: { from: 1, to: 100, optional: false },
  callerRate: { from: 1, to: 6_000_000, optional: true },
  tenantRate: { from: 1, to: 6_000_000, optional: true },
  ttlS: { from: 0, to: 86_400, optional: false },
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

export type Need = "name" | "path" | "sql" | "number" | "parameterName" | "parameterTwice" | "choices";

/** What stands in the way of saving, by the path of the field. */
export function needsOf(form: ApiForm): Record<string, Need> {
  const needs: Record<string, Need> = {};
  if (form.name.trim() === "") needs["name"] = "name";
  if (!fitsPath(form.path)) needs["path"] = "path";
  if (form.logic.type === "sql" && form.sql.trim() === "") needs["sql"] = "sql";
  for (const field of numberFieldNames) if (!fitsNumber(field, form[field])) needs[field] = "number";
  const seen = new Set<string>();
  for (const [index, { name, type, choices }] of form.parameters.entries()) {
    if (!parameterName.test(name)) needs[`parameters.${index}.name`] = "parameterName";
    else if (seen.has(name)) needs[`parameters.${index}.name`] = "parameterTwice";
    if (type === "enum" && choices.length === 0) needs[`parameters.${index}.choices`] = "choices";
    seen.add(name);
  }
  return needs;
}

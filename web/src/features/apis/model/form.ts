import type { ApiDefinition, ApiDraft, ApiParameter } from "@/lib/api/types";
import { isSql } from "./logic";
import { fromTerms, type Terms, toTerms, usualTerms } from "./terms";

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
  "json",
];
export const places: readonly Place[] = ["query", "path", "body", "header", "caller", "tenant", "now"];

const filled: readonly Place[] = ["caller", "tenant", "now"];

/** Whether the server fills the value in, whatever a caller says. */
export const isFilled = (where: Place | undefined) => where !== undefined && filled.includes(where);

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
  /** The schema of a JSON value; this editor keeps it as it is. */
  valueSchema: NonNullable<ApiParameter["value_schema"]> | null;
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
  staleS: string;
  /** Which parameters distinguish cached answers; this editor keeps it as it is, without those that are gone. */
  vary: string[] | null;
  samplePercent: string;
  terms: Terms;
  /** What is declared of a row; this editor keeps it as it is. */
  rowSchema: NonNullable<ApiDraft["row_schema"]> | null;
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
  staleS: "0",
  vary: null,
  samplePercent: "100",
  terms: usualTerms,
  rowSchema: null,
};

/** A form that begins with what another page has drafted; what the draft leaves out is as usual. */
export function fromHanded(draft: Partial<ApiDraft>): ApiForm {
  const logic = draft.logic ?? emptyForm.logic;
  return {
    ...emptyForm,
    name: draft.name ?? "",
    path: draft.path ?? "",
    method: draft.method ?? emptyForm.method,
    description: draft.description ?? "",
    tags: draft.tags ?? [],
    logic,
    sql: isSql(logic) ? logic.sql : "",
    parameters: (draft.parameters ?? []).map((parameter, index) =>
      toParameterForm({ ...parameterDefaults, ...parameter } as ApiParameter, index),
    ),
  };
}

const parameterDefaults = {
  type: "string",
  where: "query",
  required: true,
  description: "",
  sensitive: false,
  enum: [],
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
    valueSchema: null,
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
    valueSchema: parameter.value_schema ?? null,
    choices: parameter.enum,
    minimum: numberText(parameter.minimum),
    maximum: numberText(parameter.maximum),
  };
}

export function toForm(name: string, definition: ApiDefinition): ApiForm {
  const { path, method, description, limits, cache, log, row_schema } = definition;
  return {
    name,
    path,
    method,
    description,
    tags: definition.tags ?? [],
    logic: definition.logic,
    sql: isSql(definition.logic) ? definition.logic.sql : "",
    parameters: (definition.parameters ?? []).map(toParameterForm),
    timeoutMs: String(limits.timeout_ms),
    maxRows: String(limits.max_rows),
    maxBytes: String(limits.max_bytes),
    concurrency: String(limits.concurrency),
    callerRate: numberText(limits.caller_rate),
    tenantRate: numberText(limits.tenant_rate),
    ttlS: String(cache.ttl_s),
    staleS: String(cache.stale_s),
    vary: cache.vary ?? null,
    samplePercent: String(log.sample_percent),
    terms: toTerms(definition),
    rowSchema: row_schema ?? null,
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
  return rows.map(({ key: _, choices, minimum, maximum, valueSchema, ...row }) => ({
    ...row,
    ...(valueSchema === null ? {} : { value_schema: valueSchema }),
    required: row.required && !isFilled(row.where),
    default: row.default === null || isFilled(row.where) ? null : typedValue(row.type, row.default),
    enum: choices,
    minimum: numberOrNull(minimum),
    maximum: numberOrNull(maximum),
  }));
}

/** The logic with what was typed in it. */
export function logicOf({ logic, sql }: Pick<ApiForm, "logic" | "sql">): ApiDraft["logic"] {
  return isSql(logic) ? { ...logic, sql } : logic;
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
    cache: {
      ttl_s: Number(form.ttlS),
      stale_s: Number(form.staleS),
      vary: form.vary?.filter((name) => form.parameters.some((each) => each.name === name)) ?? null,
    },
    ...fromTerms(form.terms),
    log: { sample_percent: Number(form.samplePercent) },
    ...(form.rowSchema === null ? {} : { row_schema: form.rowSchema }),
  };
}

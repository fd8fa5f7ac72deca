/**
 * What a form shows for a JSON Schema (2020-12, the parts that Pydantic writes). Pure.
 * Invariant: a form only ever writes at the pointer of a field that was edited; what it does not understand it shows as JSON
 * and leaves as it is. So a document that nobody touched comes back identical.
 */
import { isObject, type Json, type JsonObject, same } from "@/lib/json/pointer";

export type Schema = JsonObject;

export interface Branch {
  /** What tells this branch from the others: the value of the discriminator, else the title. */
  name: string;
  schema: Schema;
}

export type Field =
  | { shape: "text"; long: boolean; secret: boolean }
  | { shape: "number"; integer: boolean; min: number | undefined; max: number | undefined }
  | { shape: "flag" }
  | { shape: "choice"; options: Json[] }
  | { shape: "fixed"; value: Json }
  | { shape: "texts"; options: string[] | null }
  | { shape: "list"; items: Schema }
  | { shape: "map"; values: Schema }
  | { shape: "group"; properties: { name: string; schema: Schema; required: boolean }[] }
  | { shape: "union"; discriminator: string | null; branches: Branch[] }
  | { shape: "optional"; inner: Schema }
  | { shape: "json" };

/** The schema with its reference followed. References out of the document are not followed: the server writes none. */
export function resolved(schema: Schema, root: Schema): Schema {
  const seen = new Set<string>();
  let here = schema;
  for (let ref = here["$ref"]; typeof ref === "string"; ref = here["$ref"]) {
    if (seen.has(ref)) return {};
    seen.add(ref);
    const name = /^#\/\$defs\/(.+)$/.exec(ref)?.[1];
    const definitions = root["$defs"];
    const target = name !== undefined && isObject(definitions) ? definitions[name] : undefined;
    if (!isObject(target)) return {};
    const { $ref: _, ...own } = here;
    here = { ...target, ...own };
  }
  const [only, ...more] = schemas(here["allOf"]);
  if (only === undefined || more.length > 0) return here;
  const { allOf: _, ...own } = here;
  return { ...resolved(only, root), ...own };
}

export function schemas(value: Json | undefined): Schema[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

const isNull = (schema: Schema) => schema["type"] === "null";

export function fieldOf(schema: Schema, root: Schema): Field {
  const here = resolved(schema, root);
  if ("const" in here) return { shape: "fixed", value: here["const"] ?? null };
  if (Array.isArray(here["enum"])) return { shape: "choice", options: here["enum"] };
  const branches = schemas(here["oneOf"] ?? here["anyOf"]);
  if (branches.length > 0) return unionOf(here, branches, root);
  switch (here["type"]) {
    case "string":
      return textOf(here);
    case "integer":
    case "number":
      return numberOf(here);
    case "boolean":
      return { shape: "flag" };
    case "array":
      return listOf(here, root);
    case "object":
      return objectOf(here);
    default:
      return { shape: "json" };
  }
}

function unionOf(schema: Schema, branches: Schema[], root: Schema): Field {
  const real = branches.filter((branch) => !isNull(resolved(branch, root)));
  const [only] = real;
  if (only === undefined) return { shape: "fixed", value: null };
  const { anyOf: _, oneOf: __, ...own } = schema;
  if (real.length < branches.length)
    return { shape: "optional", inner: real.length === 1 ? { ...own, ...only } : { ...own, anyOf: real } };
  const said = schema["discriminator"];
  const discriminator =
    isObject(said) && typeof said["propertyName"] === "string" ? said["propertyName"] : null;
  const named = real.map((branch, index) => {
    const target = resolved(branch, root);
    const mark = discriminator === null ? undefined : constantOf(target, discriminator, root);
    return { name: mark ?? titleOf(target) ?? `${target["type"] ?? index + 1}`, schema: branch };
  });
  return { shape: "union", discriminator, branches: named };
}

function constantOf(schema: Schema, property: string, root: Schema): string | undefined {
  const properties = schema["properties"];
  const at = isObject(properties) ? properties[property] : undefined;
  const value = isObject(at) ? resolved(at, root)["const"] : undefined;
  return typeof value === "string" ? value : undefined;
}

export function titleOf(schema: Schema): string | undefined {
  return typeof schema["title"] === "string" ? schema["title"] : undefined;
}

function amount(value: Json | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function textOf(schema: Schema): Field {
  const most = amount(schema["maxLength"]);
  return {
    shape: "text",
    long: most === undefined ? false : most > 4000,
    secret: schema["format"] === "password" || schema["writeOnly"] === true,
  };
}

function numberOf(schema: Schema): Field {
  const min = amount(schema["minimum"]) ?? amount(schema["exclusiveMinimum"]);
  const max = amount(schema["maximum"]) ?? amount(schema["exclusiveMaximum"]);
  return { shape: "number", integer: schema["type"] === "integer", min, max };
}

function listOf(schema: Schema, root: Schema): Field {
  const items = schema["items"];
  if (!isObject(items)) return { shape: "json" };
  const each = fieldOf(items, root);
  if (each.shape === "text" && !each.long) return { shape: "texts", options: null };
  if (each.shape === "choice" && each.options.every((option) => typeof option === "string"))
    return { shape: "texts", options: each.options as string[] };
  return { shape: "list", items };
}

function objectOf(schema: Schema): Field {
  const properties = schema["properties"];
  if (isObject(properties) && Object.keys(properties).length > 0) {
    const required = Array.isArray(schema["required"]) ? schema["required"] : [];
    return {
      shape: "group",
      properties: Object.entries(properties).flatMap(([name, each]) =>
        isObject(each) ? [{ name, schema: each, required: required.includes(name) }] : [],
      ),
    };
  }
  const values = schema["additionalProperties"];
  return isObject(values) ? { shape: "map", values } : { shape: "json" };
}

/** What a new value begins as: its default, else the least that has its shape. */
export function blankOf(schema: Schema, root: Schema): Json {
  const here = resolved(schema, root);
  if ("default" in here) return here["default"] ?? null;
  const field = fieldOf(here, root);
  switch (field.shape) {
    case "text":
      return "";
    case "number":
      return field.min ?? 0;
    case "flag":
      return false;
    case "choice":
      return field.options[0] ?? null;
    case "fixed":
      return field.value;
    case "texts":
    case "list":
      return [];
    case "map":
      return {};
    case "group":
      return Object.fromEntries(
        field.properties
          .filter(({ required, schema: each }) => required || "const" in resolved(each, root))
          .map(({ name, schema: each }) => [name, blankOf(each, root)]),
      );
    case "union":
      return field.branches[0] === undefined ? null : blankOf(field.branches[0].schema, root);
    default:
      return null;
  }
}

/** The branch of a union that a value is in: by its discriminator, else the first whose shape fits. */
export function branchOf(field: Extract<Field, { shape: "union" }>, value: Json | undefined, root: Schema) {
  const { discriminator, branches } = field;
  if (discriminator !== null) {
    const mark = isObject(value) ? value[discriminator] : undefined;
    return branches.find(({ name }) => same(name, mark));
  }
  return branches.find(({ schema }) => shapeFits(fieldOf(schema, root), value));
}

function shapeFits(field: Field, value: Json | undefined): boolean {
  switch (field.shape) {
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "flag":
      return typeof value === "boolean";
    case "choice":
      return value !== undefined && field.options.some((option) => same(option, value));
    case "fixed":
      return same(field.value, value);
    case "texts":
    case "list":
      return Array.isArray(value);
    case "map":
      return isObject(value);
    case "group":
      return isObject(value) && field.properties.every(({ name, required }) => !required || name in value);
    default:
      return true;
  }
}

/**
 * The flaws of a document that can be told while it is typed. The server judges it in full when it is saved; this part knows
 * types, choices, what is required, bounds and patterns. (A compiling validator needs `eval`, which our security policy forbids.)
 */
import { isObject, type Json, pointerOf } from "@/lib/json/pointer";
import { branchOf, fieldOf, resolved, type Schema } from "./fields";

export type Flaw = { pointer: string; message?: string; code?: FlawCode; limit?: number | string };
export type FlawCode =
  | "required"
  | "unknown"
  | "type"
  | "choice"
  | "least"
  | "most"
  | "short"
  | "long"
  | "few"
  | "many"
  | "pattern"
  | "branch";

type Path = (string | number)[];
type Found = Flaw[];

export function flawsOf(value: Json | undefined, schema: Schema): Flaw[] {
  const found: Found = [];
  check(value, schema, schema, [], found);
  return found;
}

function check(value: Json | undefined, schema: Schema, root: Schema, path: Path, found: Found): void {
  const here = resolved(schema, root);
  const add = (code: FlawCode, limit?: number | string) =>
    found.push({ pointer: pointerOf(path), code, ...(limit === undefined ? {} : { limit }) });
  const field = fieldOf(here, root);
  switch (field.shape) {
    case "optional":
      if (value !== null) check(value, field.inner, root, path, found);
      return;
    case "fixed":
      if (value !== field.value) add("choice", String(field.value));
      return;
    case "choice":
      if (!field.options.includes(value ?? null)) add("choice", field.options.join(", "));
      return;
    case "union": {
      const branch = branchOf(field, value, root);
      if (branch === undefined) add("branch", field.branches.map(({ name }) => name).join(", "));
      else check(value, branch.schema, root, path, found);
      return;
    }
    case "json":
      return;
    default:
      if (typeFits(value, here["type"])) inside(value, here, root, path, found);
      else add("type", String(here["type"]));
  }
}

function typeFits(value: Json | undefined, type: Json | undefined): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  return typeof value === type;
}

function inside(value: Json | undefined, schema: Schema, root: Schema, path: Path, found: Found): void {
  if (typeof value === "string") checkText(value, schema, path, found);
  else if (typeof value === "number")
    bound(value, schema, ["minimum", "maximum"], ["least", "most"], path, found);
  else if (Array.isArray(value)) {
    bound(value.length, schema, ["minItems", "maxItems"], ["few", "many"], path, found);
    const items = schema["items"];
    if (isObject(items))
      for (const [index, each] of value.entries()) check(each, items, root, [...path, index], found);
  } else if (isObject(value)) checkObject(value, schema, root, path, found);
}

function bound(
  size: number,
  schema: Schema,
  [low, high]: [string, string],
  [under, over]: [FlawCode, FlawCode],
  path: Path,
  found: Found,
): void {
  const [least, most] = [schema[low], schema[high]];
  const pointer = pointerOf(path);
  if (typeof least === "number" && size < least) found.push({ pointer, code: under, limit: least });
  if (typeof most === "number" && size > most) found.push({ pointer, code: over, limit: most });
}

function checkText(value: string, schema: Schema, path: Path, found: Found): void {
  // The server counts characters, not the halves of them.
  bound([...value].length, schema, ["minLength", "maxLength"], ["short", "long"], path, found);
  const pattern = schema["pattern"];
  if (typeof pattern !== "string") return;
  const expression = patternOf(pattern);
  if (expression !== null && !expression.test(value))
    found.push({ pointer: pointerOf(path), code: "pattern", limit: pattern });
}

/** The server's patterns are Python's; one that this browser does not understand is left to the server. */
function patternOf(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, "u");
  } catch {
    return null;
  }
}

function checkObject(
  value: { [key: string]: Json },
  schema: Schema,
  root: Schema,
  path: Path,
  found: Found,
): void {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  for (const name of required)
    if (typeof name === "string" && !Object.hasOwn(value, name))
      found.push({ pointer: pointerOf([...path, name]), code: "required" });
  const rest = schema["additionalProperties"];
  for (const [name, each] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : rest;
    if (isObject(known)) check(each, known, root, [...path, name], found);
    else if (known === false) found.push({ pointer: pointerOf([...path, name]), code: "unknown" });
  }
}

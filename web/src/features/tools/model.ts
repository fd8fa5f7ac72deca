/** Pure parts of the tools pages. */
import type { ApiOperation, Asset, BuiltinTool } from "@/lib/api/types";
import { isObject, type Json, type JsonObject } from "@/lib/json/pointer";

export interface ToolRow {
  id: string;
  key: string;
  name: string;
  description: string;
  asset: Asset | null;
  builtin: BuiltinTool | null;
}

/** One list of a tenant's own tools and those that come with Opsloom; the search holds for both. */
export function rowsOf(
  assets: readonly Asset[],
  builtins: readonly BuiltinTool[],
  q: string | undefined,
): ToolRow[] {
  const wanted = (q ?? "").trim().toLowerCase();
  const own = assets.map((asset) => ({
    id: asset.id,
    key: asset.key,
    name: asset.name,
    description: asset.description,
    asset,
    builtin: null,
  }));
  const shipped = builtins
    .filter(({ name, title, description }) =>
      `${name} ${title} ${description}`.toLowerCase().includes(wanted),
    )
    .map((builtin) => ({
      id: `builtin:${builtin.name}`,
      key: builtin.name,
      name: builtin.title,
      description: builtin.description,
      asset: null,
      builtin,
    }));
  return [...own, ...shipped];
}

/** The input schema of a tool's content, an empty object where there is none yet. */
export function inputOf(content: JsonObject): JsonObject {
  const schema = content["input_schema"];
  return isObject(schema) ? schema : { type: "object", properties: {} };
}

/** What the tool is made of: builtin, api, sql, http, mcp … */
export function logicOf(content: JsonObject): string {
  const logic = content["logic"];
  return isObject(logic) && typeof logic["type"] === "string" ? logic["type"] : "";
}

export function pretty(value: Json | undefined): string {
  return value === undefined ? "" : JSON.stringify(value, null, 2);
}

/** One name more or less in a choice, order kept. */
export function toggled(chosen: readonly string[], id: string): string[] {
  return chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id];
}

/** A JSON text as a value, or what is wrong with it. */
export function parsed(text: string): { value: Json } | { wrong: string } {
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

export interface OperationGroup {
  /** Empty: those without a tag. */
  tag: string;
  operations: ApiOperation[];
}

/** Operations that match every word of a search, by their first tag, as the document orders them. */
export function groupsOf(operations: readonly ApiOperation[], search: string): OperationGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, ApiOperation[]>();
  for (const operation of operations) {
    const { id, method, path, name, description, tags } = operation;
    const text = `${id} ${method} ${path} ${name} ${description} ${tags.join(" ")}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) continue;
    const tag = tags[0] ?? "";
    groups.set(tag, [...(groups.get(tag) ?? []), operation]);
  }
  return [...groups].map(([tag, found]) => ({ tag, operations: found }));
}

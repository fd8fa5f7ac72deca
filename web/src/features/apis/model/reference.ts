/** Pure parts of the reference page. */
import type { ApiEntry, ApiParameter } from "@/lib/api/types";

export interface Group {
  /** Null: those without a tag. */
  tag: string | null;
  entries: ApiEntry[];
}

/** What matches every word of a search, grouped by tag; an API with two tags stands in both groups. */
export function groupsOf(entries: readonly ApiEntry[], search: string): Group[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter(({ name, path, method, description, tags }) => {
    const text = `${name} ${method} /runtime/${path} ${description} ${tags.join(" ")}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const tags = [...new Set(found.flatMap((entry) => entry.tags))].sort();
  const groups: Group[] = tags.map((tag) => ({
    tag,
    entries: found.filter((entry) => entry.tags.includes(tag)),
  }));
  const untagged = found.filter((entry) => entry.tags.length === 0);
  return untagged.length === 0 ? groups : [...groups, { tag: null, entries: untagged }];
}

/** What a parameter takes, as far as its definition says it in numbers and words. */
export function rangeOf({ minimum, maximum }: ApiParameter): { low: string; high: string } | null {
  const missing = (value: unknown) => value === null || value === undefined;
  if (missing(minimum) && missing(maximum)) return null;
  return { low: missing(minimum) ? "…" : String(minimum), high: missing(maximum) ? "…" : String(maximum) };
}

export interface Field {
  path: string;
  type: string;
  nullable: boolean;
  required: boolean;
  description: string;
}

type Node = Record<string, unknown>;
const mostDeep = 6;

/** The fields of an answer, one line each, however deep; `[]` is an item of a list. */
export function fieldsOf(schema: unknown, root: unknown = schema, path = "", depth = 0): Field[] {
  const node = resolved(schema, root);
  if (node === null || depth > mostDeep) return [];
  const items = resolved(node["items"], root);
  if (items !== null) return fieldsOf(items, root, `${path}[]`, depth + 1);
  const properties = isNode(node["properties"]) ? node["properties"] : {};
  const required = Array.isArray(node["required"]) ? node["required"] : [];
  return Object.entries(properties).flatMap(([name, each]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const inner = resolved(each, root);
    const { type, nullable } = typeOf(inner);
    const description = typeof inner?.["description"] === "string" ? inner["description"] : "";
    const line = { path: at, type, nullable, required: required.includes(name), description };
    return [line, ...fieldsOf(each, root, at, depth + 1)];
  });
}

function typeOf(node: Node | null): { type: string; nullable: boolean } {
  const raw = node?.["type"];
  const names = (Array.isArray(raw) ? raw : [raw]).filter((each) => typeof each === "string");
  const format = typeof node?.["format"] === "string" ? ` (${node["format"]})` : "";
  const plain = names.filter((each) => each !== "null");
  return { type: plain.length === 0 ? "" : plain.join(" | ") + format, nullable: names.includes("null") };
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function resolved(schema: unknown, root: unknown): Node | null {
  if (!isNode(schema)) return null;
  const reference = schema["$ref"];
  if (typeof reference !== "string") return schema;
  const definitions = isNode(root) && isNode(root["$defs"]) ? root["$defs"] : {};
  const found = definitions[reference.split("/").at(-1) ?? ""];
  return isNode(found) && typeof found["$ref"] !== "string" ? found : null;
}

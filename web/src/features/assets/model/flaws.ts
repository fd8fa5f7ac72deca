/** What is wrong with a draft: told here while it is typed, and by the server when it is saved. Pure. */

import type { Draft } from "@/components/draft/editing";
import { type Flaw, flawsOf } from "@/components/schema/check";
import type { Schema } from "@/components/schema/fields";
import { ordered } from "@/components/schema/order";
import { isApiError } from "@/lib/api/problem";
import type { AssetKind } from "@/lib/api/types";
import { isObject, type JsonObject, partsOf } from "@/lib/json/pointer";

/** Pointers of content flaws begin at the content; those of the other fields are kept under `about`. */
export interface Flaws {
  content: Flaw[];
  about: Partial<Record<"name" | "description" | "tags", string>>;
}

type KnownKind = Pick<AssetKind, "schema" | "derived"> | undefined;

export function schemaOf(kind: KnownKind): Schema | null {
  return kind === undefined ? null : (kind.schema as Schema);
}

/** Content as people write it: without what publication fills in. */
export function written(content: JsonObject, kind: KnownKind): JsonObject {
  const derived = kind?.derived ?? [];
  const own = Object.fromEntries(Object.entries(content).filter(([name]) => !derived.includes(name)));
  const schema = schemaOf(kind);
  // The store keeps no order of properties; people read them in the order of the schema.
  return schema === null ? own : (ordered(own, schema) as JsonObject);
}

/** The content with another written part; what publication filled in stays until the next one. */
export function rewritten(content: JsonObject, next: JsonObject, kind: KnownKind): JsonObject {
  const derived = kind?.derived ?? [];
  const kept = Object.entries(content).filter(([name]) => derived.includes(name) && !(name in next));
  return { ...next, ...Object.fromEntries(kept) };
}

/** What can be told without the server. */
export function localFlaws(draft: Draft, kind: KnownKind): Flaw[] {
  const schema = schemaOf(kind);
  const content = schema === null ? [] : flawsOf(written(draft.content, kind), schema);
  return draft.name.trim() === "" ? [{ pointer: "/name", code: "required" }, ...content] : content;
}

/** The server's findings, by whether the content or the rest is meant. */
export function serverFlaws(error: unknown, kind: KnownKind): Flaws {
  const found: Flaws = { content: [], about: {} };
  if (!isApiError(error)) return found;
  const schema = schemaOf(kind);
  const properties =
    schema !== null && isObject(schema["properties"]) ? Object.keys(schema["properties"]) : [];
  for (const { pointer, message } of error.problem.errors) {
    const plain = pointer.replace(/^\/body(?=\/|$)/, "");
    const [first] = partsOf(plain.startsWith("/") ? plain : "");
    if ((first === "name" || first === "description" || first === "tags") && !properties.includes(first))
      found.about[first] ??= message;
    else if (first === "content" && !properties.includes("content"))
      found.content.push({ pointer: plain.slice("/content".length), message });
    else found.content.push({ pointer: plain, message });
  }
  return found;
}

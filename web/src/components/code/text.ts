/** A JSON document as text a person writes, and back. Round trip: reading what was written gives the same document. */
import { type Document, isMap, isNode, isPair, parseDocument, stringify, visit } from "yaml";
import { type Json, partsOf } from "@/lib/json/pointer";
import type { Mark } from "./CodeEditor";

export const formats = ["yaml", "json"] as const;
export type Format = (typeof formats)[number];

export type Reading = { ok: true; value: Json; comments: boolean } | { ok: false; mark: Mark };

const options = { version: "1.2", prettyErrors: false, maxAliasCount: 100 } as const;

export function write(format: Format, value: Json): string {
  if (format === "json") return `${JSON.stringify(value, null, 2)}\n`;
  return stringify(value, { version: "1.2", lineWidth: 0, aliasDuplicateObjects: false });
}

export function read(format: Format, text: string): Reading {
  return format === "json" ? readJson(text) : readYaml(text);
}

function readJson(text: string): Reading {
  try {
    return { ok: true, value: JSON.parse(text) as Json, comments: false };
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const position = /position (\d+)/.exec(message)?.[1];
    const from = position === undefined ? Math.max(0, text.trimEnd().length - 1) : Number(position);
    return { ok: false, mark: { from, to: from + 1, message } };
  }
}

function readYaml(text: string): Reading {
  const document = parseDocument(text, options);
  const [error] = document.errors;
  if (error !== undefined) {
    const [from, to] = error.pos;
    return { ok: false, mark: { from, to: Math.max(to, from + 1), message: error.message } };
  }
  const odd = notJson(document);
  if (odd !== null) return { ok: false, mark: odd };
  try {
    return { ok: true, value: document.toJS() as Json, comments: hasComments(document) };
  } catch (thrown) {
    // Aliases that multiply without end.
    const message = thrown instanceof Error ? thrown.message : "";
    return { ok: false, mark: { from: 0, to: text.length, message } };
  }
}

/** The first thing that YAML can say and JSON cannot: numbers without end, keys that are no text. */
function notJson(document: Document.Parsed): Mark | null {
  let found: Mark | null = null;
  const refuse = (range: readonly number[] | null | undefined, message: string) => {
    found ??= { from: range?.[0] ?? 0, to: range?.[1] ?? 1, message };
    return visit.BREAK;
  };
  visit(document, {
    Pair: (_, { key }) =>
      isNode(key) && !("value" in key && ["string", "number", "boolean"].includes(typeof key.value))
        ? refuse(key.range, "A key is a text.")
        : undefined,
    Scalar: (_, node) =>
      typeof node.value === "number" && !Number.isFinite(node.value)
        ? refuse(node.range, "JSON has no such number.")
        : undefined,
  });
  return found;
}

function hasComments(document: Document.Parsed): boolean {
  let found = Boolean(document.comment ?? document.commentBefore);
  visit(document, {
    Node: (_, node) => {
      found ||= Boolean(node.comment ?? node.commentBefore);
      return found ? visit.BREAK : undefined;
    },
  });
  return found;
}

/** Where in the text a pointer's value stands; the nearest place above it where it stands nowhere. */
export function placeOf(text: string, pointer: string): { from: number; to: number } {
  // JSON is read as YAML too, which tells where everything stands.
  const document = parseDocument(text, options);
  const parts = partsOf(pointer);
  for (let length = parts.length; length > 0; length--) {
    const path = parts.slice(0, length).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    const range = rangeOf(document, path);
    if (range !== null) return range;
  }
  const end = text.indexOf("\n");
  return { from: 0, to: end < 0 ? text.length : end };
}

function rangeOf(document: Document.Parsed, path: (string | number)[]) {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find(
      (item) => isPair(item) && isNode(item.key) && String(item.key) === String(last),
    );
    const key = pair?.key;
    if (isNode(key) && key.range) return { from: key.range[0], to: key.range[1] };
  }
  const node = document.getIn(path, true);
  return isNode(node) && node.range ? { from: node.range[0], to: node.range[1] } : null;
}

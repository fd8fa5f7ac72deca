/** JSON documents and RFC 6901 pointers into them. Nothing here changes what it is given. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
export type Path = readonly (string | number)[];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

export function partsOf(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Whether one pointer is the other or lies above it. */
export function covers(above: string, below: string): boolean {
  return above === below || below.startsWith(`${above}/`);
}

/** The value at a pointer; undefined where the document has none. */
export function valueAt(document: Json | undefined, pointer: string): Json | undefined {
  let here: Json | undefined = document;
  for (const part of partsOf(pointer)) {
    if (Array.isArray(here)) here = /^\d+$/.test(part) ? here[Number(part)] : undefined;
    else if (isObject(here) && Object.hasOwn(here, part)) here = here[part];
    else return undefined;
  }
  return here;
}

/**
 * The document with another value at a pointer; undefined takes the value away. Objects on the way that are missing are
 * made; keys keep their order.
 */
export function withValue(document: Json | undefined, pointer: string, value: Json | undefined): Json {
  return placed(document, partsOf(pointer), value) ?? null;
}

function placed(here: Json | undefined, parts: readonly string[], value: Json | undefined): Json | undefined {
  const [part, ...rest] = parts;
  if (part === undefined) return value;
  if (Array.isArray(here)) {
    const at = part === "-" ? here.length : Number(part);
    const next = placed(here[at], rest, value);
    if (next === undefined) return here.filter((_, index) => index !== at);
    return at >= here.length ? [...here, next] : here.map((each, index) => (index === at ? next : each));
  }
  const object = isObject(here) ? here : {};
  const next = placed(Object.hasOwn(object, part) ? object[part] : undefined, rest, value);
  if (next !== undefined) return { ...object, [part]: next };
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== part));
}

/** Equal as JSON: the order of keys means nothing. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, index) => same(each, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
  );
}

import { isObject, type Json, pointerOf, same } from "./pointer";

export type ChangeOp = "added" | "removed" | "changed" | "moved";

export interface Change {
  op: ChangeOp;
  pointer: string;
  before?: Json | undefined;
  after?: Json | undefined;
}

/**
 * What differs, at the deepest place that says it. A list whose length changed is one change as a whole: positions say little
 * about which entry was meant.
 */
export function changesBetween(before: Json | undefined, after: Json | undefined): Change[] {
  const found: Change[] = [];
  walk(before, after, [], found);
  return found;
}

function walk(
  before: Json | undefined,
  after: Json | undefined,
  path: readonly (string | number)[],
  found: Change[],
): void {
  if (same(before, after)) return;
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      walk(own(before, key), own(after, key), [...path, key], found);
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, each] of before.entries()) walk(each, after[index], [...path, index], found);
    return;
  }
  const op = before === undefined ? "added" : after === undefined ? "removed" : "changed";
  found.push({ op, pointer: pointerOf(path), before, after });
}

function own(object: { [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

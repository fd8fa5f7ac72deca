/**
 * Three-way merge of JSON documents.
 * Invariant: the result is their document with, at every place where "mine" is chosen, the value of my document. So taking
 * theirs everywhere gives their document, and mine everywhere gives mine.
 */
import { changesBetween } from "./diff";
import { covers, type Json, same, valueAt, withValue } from "./pointer";

export type Side = "mine" | "theirs";

export interface MergePlace {
  pointer: string;
  base: Json | undefined;
  mine: Json | undefined;
  theirs: Json | undefined;
  /** Both changed it, differently: somebody has to choose. */
  conflict: boolean;
  /** Who changed it, where only one did. */
  by: Side | "both";
}

/** Every place where my document and theirs differ. */
export function placesOf(base: Json, mine: Json, theirs: Json): MergePlace[] {
  const ours = changesBetween(base, mine).map(({ pointer }) => pointer);
  const others = changesBetween(base, theirs).map(({ pointer }) => pointer);
  // A change of a whole list takes in the changes inside it.
  const all = [...new Set([...ours, ...others])];
  const tops = all.filter((pointer) => !all.some((above) => above !== pointer && covers(above, pointer)));
  return tops.flatMap((pointer) => {
    const place = {
      base: valueAt(base, pointer),
      mine: valueAt(mine, pointer),
      theirs: valueAt(theirs, pointer),
    };
    if (same(place.mine, place.theirs)) return [];
    const mineChanged = !same(place.base, place.mine);
    const theirsChanged = !same(place.base, place.theirs);
    const by = mineChanged && theirsChanged ? "both" : mineChanged ? "mine" : "theirs";
    return [{ pointer, ...place, by, conflict: by === "both" } satisfies MergePlace];
  });
}

/** What is taken where nobody chose: the side that changed it. A conflict has no answer by itself. */
export function preset(places: readonly MergePlace[]): Record<string, Side | undefined> {
  return Object.fromEntries(places.map(({ pointer, by }) => [pointer, by === "both" ? undefined : by]));
}

export function merged(
  theirs: Json,
  places: readonly MergePlace[],
  choice: Readonly<Record<string, Side | undefined>>,
): Json {
  return places
    .filter(({ pointer }) => choice[pointer] === "mine")
    .reduce((document, { pointer, mine }) => withValue(document, pointer, mine), theirs);
}

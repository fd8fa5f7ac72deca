import { describe, expect, it } from "vitest";
import { changesBetween } from "./diff";
import { merged, placesOf, preset, type Side } from "./merge";
import { covers, type Json, partsOf, pointerOf, same, valueAt, withValue } from "./pointer";

/** Random documents from a seed, so that a failure can be run again. */
function documents(seed: number): Json {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const make = (depth: number): Json => {
    switch (next(depth > 3 ? 4 : 6)) {
      case 0:
        return null;
      case 1:
        return next(2) === 0;
      case 2:
        return next(100);
      case 3:
        return ["", "가", "a/b", "~x", "two\nlines"][next(5)] ?? "";
      case 4:
        return Array.from({ length: next(4) }, () => make(depth + 1));
      default:
        return Object.fromEntries(
          Array.from({ length: next(4) }, () => [["a", "b", "c/d", "~e"][next(4)], make(depth + 1)]),
        );
    }
  };
  return { a: make(0), b: make(0), list: [make(1), make(1)] };
}
const seeds = Array.from({ length: 60 }, (_, index) => index + 1);

describe("pointers", () => {
  it("go there and back", () => {
    expect(pointerOf(["a/b", "~c", 0])).toBe("/a~1b/~0c/0");
    expect(partsOf("/a~1b/~0c/0")).toEqual(["a/b", "~c", "0"]);
    expect(partsOf("")).toEqual([]);
  });
  it("know what lies below them", () => {
    expect(covers("/a", "/a/b")).toBe(true);
    expect(covers("/a", "/ab")).toBe(false);
    expect(covers("", "/a")).toBe(true);
  });
  it("read, set and take away, and leave the rest and its order alone", () => {
    const document: Json = { a: 1, b: [{ c: 2 }, 3], d: 4 };
    expect(valueAt(document, "/b/0/c")).toBe(2);
    expect(valueAt(document, "/b/x")).toBeUndefined();
    expect(valueAt(document, "/a/toString")).toBeUndefined();
    expect(JSON.stringify(withValue(document, "/b/0/c", 9))).toBe('{"a":1,"b":[{"c":9},3],"d":4}');
    expect(withValue(document, "/b/0", undefined)).toEqual({ a: 1, b: [3], d: 4 });
    expect(withValue(document, "/b/-", 5)).toEqual({ a: 1, b: [{ c: 2 }, 3, 5], d: 4 });
    expect(withValue(document, "/new/deep", 1)).toEqual({ ...document, new: { deep: 1 } });
    expect(document).toEqual({ a: 1, b: [{ c: 2 }, 3], d: 4 });
  });
});

describe("changesBetween", () => {
  it.each(seeds)("applied to the one gives the other (%i)", (seed) => {
    const [before, after] = [documents(seed), documents(seed + 1000)];
    const result = changesBetween(before, after).reduce<Json>(
      (document, { pointer, after: value }) => withValue(document, pointer, value),
      before,
    );
    expect(same(result, after)).toBe(true);
  });
  it("says the deepest place", () =>
    expect(changesBetween({ a: { b: [1, 2] }, c: 1 }, { a: { b: [1, 3] } })).toEqual([
      { op: "changed", pointer: "/a/b/1", before: 2, after: 3 },
      { op: "removed", pointer: "/c", before: 1, after: undefined },
    ]));
  it("takes a list of another length as a whole", () =>
    expect(changesBetween({ a: [1, 2] }, { a: [1] })).toHaveLength(1));
});

describe("merging", () => {
  const all = (places: { pointer: string }[], side: Side) =>
    Object.fromEntries(places.map(({ pointer }) => [pointer, side]));

  it.each(seeds)("gives theirs, or mine, when one side is taken everywhere (%i)", (seed) => {
    const [base, mine, theirs] = [documents(seed), documents(seed + 1000), documents(seed + 2000)];
    const places = placesOf(base, mine, theirs);
    expect(same(merged(theirs, places, all(places, "theirs")), theirs)).toBe(true);
    expect(same(merged(theirs, places, all(places, "mine")), mine)).toBe(true);
  });

  it("joins changes in different places by itself", () => {
    const places = placesOf({ a: 1, b: 1, c: 1 }, { a: 2, b: 1, c: 1 }, { a: 1, b: 2, c: 1 });
    expect(places.map(({ conflict }) => conflict)).toEqual([false, false]);
    expect(merged({ a: 1, b: 2, c: 1 }, places, preset(places))).toEqual({ a: 2, b: 2, c: 1 });
  });
  it("asks where both changed the same place", () => {
    const places = placesOf({ a: [1] }, { a: [1, 2] }, { a: [9] });
    expect(places).toMatchObject([{ pointer: "/a", conflict: true, by: "both" }]);
    expect(preset(places)).toEqual({ "/a": undefined });
  });
  it("asks nothing where both did the same", () =>
    expect(placesOf({ a: 1 }, { a: 2 }, { a: 2 })).toEqual([]));
});

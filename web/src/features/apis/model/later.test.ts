import { describe, expect, it } from "vitest";
import { readItems, readParameters } from "./later";

describe("sets of parameters", () => {
  it("are a list, or one a line", () => {
    expect(readItems('[{"n": 1}, {"n": 2}]')).toEqual([{ n: 1 }, { n: 2 }]);
    expect(readItems('{"n": 1}\n\n{"n": 2}\n')).toEqual([{ n: 1 }, { n: 2 }]);
    expect(readItems('{"n": 1}')).toEqual([{ n: 1 }]);
  });
  it("are nothing else", () => {
    for (const text of ["", "  ", "1", "[1]", '{"n": 1}\n2', "n=1", "null"])
      expect(readItems(text)).toBeNull();
  });
});

describe("one set", () => {
  it("may be left out, and is an object", () => {
    expect(readParameters(" ")).toEqual({});
    expect(readParameters('{"a": [1]}')).toEqual({ a: [1] });
    for (const text of ["[]", "1", "{", "null"]) expect(readParameters(text)).toBeNull();
  });
});

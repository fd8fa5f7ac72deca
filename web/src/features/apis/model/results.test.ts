import { describe, expect, it } from "vitest";
import type { ApiVersion } from "@/lib/api/types";
import { cellText, columnNames, isNumeric, rowsOf, servedPath, statusTone } from "./results";

describe("a result", () => {
  it("has the columns of its rows, in order", () => {
    expect(columnNames(rowsOf([{ b: 1, a: 2 }, { c: 3 }, 7]))).toEqual(["b", "a", "c", "value"]);
  });

  it("tells numbers apart", () => {
    const rows = [
      { n: 1, t: "1", m: null },
      { n: null, t: "2", m: null },
    ];
    expect(["n", "t", "m"].map((name) => isNumeric(rows, name))).toEqual([true, false, false]);
  });

  it("shows values as they are", () => {
    expect([null, undefined, 0, false, "", { a: [1] }].map(cellText)).toEqual([
      null,
      null,
      "0",
      "false",
      "",
      '{"a":[1]}',
    ]);
  });
});

describe("a status", () => {
  it("gives a status its tone", () => {
    expect([200, 304, 404, 422, 500, 504].map(statusTone)).toEqual([
      "ok",
      "ok",
      "warn",
      "warn",
      "critical",
      "critical",
    ]);
  });
});

describe("where an API answers", () => {
  const version = (number: number, is_published: boolean, path: string | null) =>
    ({ version: number, is_published, definition: path === null ? null : { path } }) as ApiVersion;

  it("is the path of the version in force", () => {
    expect(servedPath([version(2, false, "new"), version(1, true, "/old/")])).toBe("old");
  });

  it("is nowhere without one, and unknown when it cannot be read", () => {
    expect([
      servedPath(undefined),
      servedPath([version(1, false, "old")]),
      servedPath([version(1, true, null)]),
    ]).toEqual([null, null, null]);
  });
});

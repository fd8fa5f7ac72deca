import { describe, expect, it } from "vitest";
import { linesBetween, shownValue } from "./lines";

const text = (...lines: string[]) => lines.join("\n");
const marks = (before: string, after: string) =>
  linesBetween(before, after).map(
    ({ kind, text: line }) => `${{ same: " ", added: "+", removed: "-", gap: "~" }[kind]}${line}`,
  );

describe("linesBetween", () => {
  it("tells added and removed lines", () =>
    expect(marks(text("a", "b", "c"), text("a", "x", "c"))).toEqual([" a", "-b", "+x", " c"]));
  it("leaves out what lies far from a change", () => {
    const long = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const found = marks(text(...long), text(...long.slice(0, 19), "new"));
    expect(found).toEqual(["~…", " line 17", " line 18", "-line 19", "+new"]);
  });
  it("takes text added at the end", () => expect(marks("a", text("a", "b"))).toEqual([" a", "+b"]));
  it("gives both texts back", () => {
    const [before, after] = [text("a", "b", "c", "d"), text("b", "x", "d", "e")];
    const lines = linesBetween(before, after);
    const side = (kind: string) =>
      text(...lines.filter((line) => line.kind === "same" || line.kind === kind).map((line) => line.text));
    expect(side("removed")).toBe(before);
    expect(side("added")).toBe(after);
  });
  it("does not try to compare what is too large", () => {
    const huge = Array.from({ length: 3000 }, (_, index) => String(index)).join("\n");
    expect(linesBetween(huge, `${huge}\nx`).filter(({ kind }) => kind === "added")).toHaveLength(3001);
  });
});

it.each([
  ["word", "word"],
  ["", '""'],
  [null, "null"],
  [3, "3"],
  [{ a: 1 }, '{\n  "a": 1\n}'],
  [undefined, "–"],
])("shows %j as %s", (value, wanted) => expect(shownValue(value)).toBe(wanted));

import { describe, expect, it } from "vitest";
import { nextRow } from "./keys";

describe("nextRow", () => {
  it.each([
    ["ArrowDown", 3, 10, 4],
    ["ArrowDown", 9, 10, 9],
    ["ArrowUp", 0, 10, 0],
    ["Home", 7, 10, 0],
    ["End", 0, 10, 9],
    ["PageDown", 3, 10, 9],
    ["PageUp", 25, 100, 5],
    ["x", 3, 10, null],
    ["ArrowDown", 0, 0, null],
  ])("%s at %i of %i", (key, at, count, wanted) =>
    expect(nextRow({ key, code: key }, at, count)).toBe(wanted),
  );
  it("takes j and k by place, under a Hangul layout too", () => {
    expect(nextRow({ key: "ㅓ", code: "KeyJ" }, 3, 10)).toBe(4);
    expect(nextRow({ key: "ㅏ", code: "KeyK" }, 3, 10)).toBe(2);
  });
});

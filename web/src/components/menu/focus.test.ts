import { describe, expect, it } from "vitest";
import { focusAfter } from "./focus";

describe("focusAfter", () => {
  it.each([
    ["ArrowDown", -1, 3, 0],
    ["ArrowDown", 2, 3, 0],
    ["ArrowUp", 0, 3, 2],
    ["ArrowUp", -1, 3, 2],
    ["ArrowUp", 2, 3, 1],
    ["Home", 2, 3, 0],
    ["End", 0, 3, 2],
    ["a", 0, 3, null],
    ["ArrowDown", 0, 0, null],
  ])("%s at %i of %i leads to %s", (key, at, count, wanted) =>
    expect(focusAfter(key, at, count)).toBe(wanted),
  );
});

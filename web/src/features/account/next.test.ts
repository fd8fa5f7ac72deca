import { describe, expect, it } from "vitest";
import { safeNext, setupToken } from "./next";

describe("safeNext", () => {
  it("goes back to a page of this app", () =>
    expect(safeNext("/alerts?from=now-1h#x")).toBe("/alerts?from=now-1h#x"));
  it.each([
    undefined,
    "",
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "/login?next=/x",
    "/setup",
  ])("goes home instead of %j", (next) => expect(safeNext(next)).toBe("/"));
});

describe("setupToken", () => {
  it("reads the fragment", () => expect(setupToken("#token=abc%2F1", undefined)).toBe("abc/1"));
  it("reads the search parameter", () => expect(setupToken("", "abc")).toBe("abc"));
  it("prefers the fragment", () => expect(setupToken("#token=a", "b")).toBe("a"));
  it("is empty without either", () => expect(setupToken("#other=1", undefined)).toBe(""));
});

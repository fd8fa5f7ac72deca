import { describe, expect, it } from "vitest";
import { firstLanguage, isLanguage } from "./index";

describe("firstLanguage", () => {
  it("prefers the one chosen before", () => expect(firstLanguage("ko", ["en-US"])).toBe("ko"));
  it("takes the browser's first that we speak", () =>
    expect(firstLanguage(null, ["fr-FR", "ko-KR", "en"])).toBe("ko"));
  it("reads a bare tag in any case", () => expect(firstLanguage(null, ["KO"])).toBe("ko"));
  it("falls back to English", () => expect(firstLanguage("xx", ["ja"])).toBe("en"));
});

it("knows its languages", () => {
  expect(isLanguage("en")).toBe(true);
  expect(isLanguage("EN")).toBe(false);
  expect(isLanguage(undefined)).toBe(false);
});

import { describe, expect, it } from "vitest";
import { expiryOf, keyState } from "./keys";

const now = new Date("2026-05-14T10:00:00Z");

describe("keyState", () => {
  it.each([
    [{ expires_at: null, revoked_at: null }, "active"],
    [{ expires_at: "2026-05-15T00:00:00Z", revoked_at: null }, "active"],
    [{ expires_at: "2026-05-14T10:00:00Z", revoked_at: null }, "expired"],
    [{ expires_at: "2026-05-01T00:00:00Z", revoked_at: "2026-04-01T00:00:00Z" }, "revoked"],
  ] as const)("%j is %s", (key, state) => expect(keyState(key, now)).toBe(state));
});

describe("expiryOf", () => {
  it("counts days from now", () => expect(expiryOf(30, now)).toBe("2026-06-13T10:00:00.000Z"));
  it("knows keys without an end", () => expect(expiryOf(0, now)).toBeNull());
});

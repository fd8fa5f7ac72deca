import { describe, expect, it } from "vitest";
import { csrfHeader, readCookie } from "./cookies";

describe("readCookie", () => {
  it("finds a cookie among others", () => expect(readCookie("b", "a=1; b=2; c=3")).toBe("2"));
  it("does not take a suffix of another name", () => expect(readCookie("csrf", "xcsrf=1")).toBeNull());
  it("keeps equal signs in the value", () => expect(readCookie("a", "a=x=y==")).toBe("x=y=="));
  it("decodes, and leaves alone what cannot be decoded", () => {
    expect(readCookie("a", "a=%EA%B0%80")).toBe("가");
    expect(readCookie("a", "a=%E0%A4%A")).toBe("%E0%A4%A");
  });
  it("is null when nothing is set", () => expect(readCookie("a", "")).toBeNull());
});

describe("csrfHeader", () => {
  const cookies = "opsloom_csrf=tok";
  it.each(["GET", "head", "OPTIONS"])("is absent on %s", (method) =>
    expect(csrfHeader(method, cookies)).toBeNull(),
  );
  it.each(["POST", "put", "PATCH", "DELETE"])("is sent on %s", (method) =>
    expect(csrfHeader(method, cookies)).toEqual(["X-CSRF-Token", "tok"]),
  );
  it("is absent without the cookie", () => expect(csrfHeader("POST", "other=1")).toBeNull());
});

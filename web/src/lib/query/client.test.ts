import { describe, expect, it } from "vitest";
import { errorFrom, networkError } from "@/lib/api/problem";
import { canRetry, retryDelayMs } from "./client";

const refused = (status: number, headers: Record<string, string> = {}) =>
  errorFrom({ status, headers: new Headers(headers) }, JSON.stringify({ code: "x" }));

describe("canRetry", () => {
  it.each([429, 503, 504])("asks again after %i", (status) => expect(canRetry(refused(status))).toBe(true));
  it.each([400, 401, 403, 404, 409, 422, 500, 502])("never after %i", (status) =>
    expect(canRetry(refused(status))).toBe(false),
  );
  it("asks again when the network broke", () => expect(canRetry(networkError())).toBe(true));
  it("never after a fault of our own", () => expect(canRetry(new TypeError("bug"))).toBe(false));
});

describe("retryDelayMs", () => {
  it("doubles up to eight seconds", () =>
    expect([0, 1, 2, 3, 4, 9].map((n) => retryDelayMs(n, networkError()))).toEqual([
      500, 1000, 2000, 4000, 8000, 8000,
    ]));
  it("waits as long as the server asks, within reason", () => {
    expect(retryDelayMs(0, refused(429, { "retry-after": "3" }))).toBe(3000);
    expect(retryDelayMs(0, refused(503, { "retry-after": "600" }))).toBe(30_000);
  });
});

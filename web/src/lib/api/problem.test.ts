import { describe, expect, it } from "vitest";
import { ApiError, errorFrom, formErrors, isApiError, networkError, retryAfter } from "./problem";

const answer = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
});
const body = (extra: object) =>
  JSON.stringify({
    type: "about:blank",
    title: "Conflict",
    status: 409,
    detail: "Changed by someone else.",
    code: "revision_conflict",
    trace_id: "abc",
    ...extra,
  });

describe("errorFrom", () => {
  it("reads every member of a problem", () => {
    const error = errorFrom(answer(409), body({ hint: "Reload." }));
    expect(error.kind).toBe("problem");
    expect(error.problem).toMatchObject({
      title: "Conflict",
      detail: "Changed by someone else.",
      traceId: "abc",
      hint: "Reload.",
    });
    expect(error.status).toBe(409);
    expect(error.code).toBe("revision_conflict");
  });

  it("says the detail as its message, and the title when there is none", () => {
    expect(errorFrom(answer(409), body({})).message).toBe("Changed by someone else.");
    expect(errorFrom(answer(409), body({ detail: "" })).message).toBe("Conflict");
  });

  it("trusts the HTTP status over the one in the body", () => {
    expect(errorFrom(answer(503), body({})).status).toBe(503);
  });

  it.each([
    ["a proxy's HTML page", "<html><body>Bad gateway</body></html>"],
    ["an empty body", ""],
    ["JSON that is no object", "[1,2]"],
    ["JSON without a code", '{"detail":"Not Found"}'],
  ])("calls %s unreadable and keeps its text away", (_, text) => {
    const error = errorFrom(answer(502, { "x-trace-id": "t-1" }), text);
    expect(error.kind).toBe("unreadable");
    expect(error.message).toBe("");
    expect(error.problem.traceId).toBe("t-1");
  });

  it("takes the trace id from the header when the body has none", () => {
    expect(errorFrom(answer(500, { "x-trace-id": "h" }), body({ trace_id: undefined })).problem.traceId).toBe(
      "h",
    );
  });

  it("carries Retry-After", () => {
    expect(errorFrom(answer(429, { "retry-after": "7" }), body({})).problem.retryAfterS).toBe(7);
  });
});

describe("retryAfter", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  it("reads seconds", () => expect(retryAfter("30", now)).toBe(30));
  it("reads a date", () => expect(retryAfter("Thu, 01 Jan 2026 00:00:12 GMT", now)).toBe(12));
  it("never goes below zero", () => expect(retryAfter("Wed, 31 Dec 2025 00:00:00 GMT", now)).toBe(0));
  it("ignores nonsense", () => expect(retryAfter("soon", now)).toBeNull());
  it("is null without a header", () => expect(retryAfter(null, now)).toBeNull());
});

describe("field errors", () => {
  const invalid = (errors: unknown) => errorFrom(answer(422), body({ code: "invalid_input", errors }));

  it("reads locations given as lists, pointers and names", () => {
    const error = invalid([
      { loc: ["body", "email"], message: "not an address" },
      { pointer: "/body/name", detail: "too long" },
      { field: "role", msg: "unknown" },
    ]);
    expect(error.problem.errors).toEqual([
      { path: "email", pointer: "", message: "not an address" },
      { path: "name", pointer: "/body/name", message: "too long" },
      { path: "role", pointer: "", message: "unknown" },
    ]);
  });

  it("reads a pointer with and without the body's name", () => {
    const error = invalid([
      { pointer: "/labels/team", detail: "a" },
      { pointer: "/body/labels/team", detail: "b" },
      { pointer: "/body", detail: "c" },
      { pointer: "", detail: "d" },
    ]);
    expect(error.problem.errors.map(({ path }) => path)).toEqual(["labels.team", "labels.team", "", ""]);
  });

  it("gives a form its errors by field, the first one wins", () => {
    const error = invalid([
      { loc: ["body", "email"], message: "first" },
      { loc: ["body", "email"], message: "second" },
      { loc: ["body", "labels", "team"], message: "empty" },
    ]);
    expect(formErrors(error, ["email", "labels"])).toEqual({ email: "first", labels: "empty" });
  });

  it("puts what belongs to no field under the empty name", () => {
    expect(formErrors(invalid([{ loc: ["query", "x"], message: "odd" }]), ["email"])).toEqual({ "": "odd" });
  });

  it("does not take a longer name for a nested field", () => {
    expect(formErrors(invalid([{ loc: ["body", "emails"], message: "odd" }]), ["email"])).toEqual({
      "": "odd",
    });
  });

  it("is empty for other errors", () => expect(formErrors(new Error("x"), ["email"])).toEqual({}));
  it("survives errors that are no list", () => expect(invalid("broken").problem.errors).toEqual([]));
});

it("tells its own errors from others", () => {
  expect(isApiError(networkError())).toBe(true);
  expect(isApiError(new Error("x"))).toBe(false);
  expect(networkError()).toBeInstanceOf(ApiError);
  expect(networkError().status).toBe(0);
});

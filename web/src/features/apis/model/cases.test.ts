import { describe, expect, it } from "vitest";
import type { ApiCase } from "@/lib/api/types";
import { caseOf, draftOf, formOf, kept, newMatcher } from "./cases";

const shown = {
  id: "1",
  name: "A host",
  parameters: { host: "a" },
  expectation: {
    status: 200,
    code: null,
    matchers: [
      { type: "equals", pointer: "/0/value", value: null },
      { type: "rows", minimum: 1, maximum: null },
      { type: "schema", answer_schema: null },
    ],
  },
  frozen: { now: "2026-01-31T09:00:00Z", seed: 7 },
  outcome: null,
  good: null,
  updated_at: "",
  updated_by: "",
} as unknown as ApiCase;
const outcome = { status: 200, code: "", answer: [{ value: 2 }], rows: 1 };
const draft = (form: Parameters<typeof draftOf>[0]) => draftOf(form);

describe("the form of a case", () => {
  it("says the case it was made of", () => {
    const { name, parameters, expectation, frozen } = shown;
    expect(draft(formOf(shown))).toEqual({ draft: { name, parameters, expectation, frozen } });
  });

  it("expects what a call just gave", () => {
    const form = caseOf({ host: "a" }, { status: 200, code: "", answer: [1] });
    expect(draft({ ...form, name: "x" })).toEqual({
      draft: {
        name: "x",
        parameters: { host: "a" },
        expectation: { status: 200, code: null, matchers: [{ type: "equals", pointer: "", value: [1] }] },
        frozen: null,
      },
    });
    const failed = caseOf({}, { status: 422, code: "api_parameters_invalid", answer: undefined });
    expect(draft(failed)).toMatchObject({
      draft: { expectation: { status: 422, code: "api_parameters_invalid", matchers: [] } },
    });
  });

  it("names what cannot be read", () => {
    const broken = newMatcher("equals");
    expect(draft({ ...formOf(shown), parameters: "[1]" })).toEqual({ wrong: "parameters" });
    expect(draft({ ...formOf(shown), matchers: [{ ...broken, text: "{" }] })).toEqual({ wrong: broken.id });
  });
});

describe("keeping an answer", () => {
  it("replaces what was expected of values and keeps the schema", () => {
    const draftKept = kept({ ...shown, outcome } as unknown as ApiCase);
    expect(draftKept?.expectation?.matchers).toEqual([
      { type: "equals", pointer: "", value: [{ value: 2 }] },
      { type: "schema", answer_schema: null },
    ]);
  });

  it("keeps a failure by its code, and nothing of an answer that was too large", () => {
    const failed = { ...outcome, status: 504, code: "api_timeout", answer: null, rows: 0 };
    expect(kept({ ...shown, outcome: failed } as unknown as ApiCase)?.expectation).toMatchObject({
      status: 504,
      code: "api_timeout",
    });
    expect(kept({ ...shown, outcome: { ...outcome, answer: null } } as unknown as ApiCase)).toBeNull();
    expect(kept(shown)).toBeNull();
  });
});

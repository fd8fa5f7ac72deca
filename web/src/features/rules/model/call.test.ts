import { expect, it } from "vitest";
import type { ApiParameter } from "@/lib/api/types";
import { choicesOf, flawOf, isAsked } from "./call";

const of = (part: Partial<ApiParameter>) => ({ name: "limit", type: "string", ...part }) as ApiParameter;

it.each([
  [of({ required: true }), undefined, "required"],
  [of({ required: true, default: "a" }), "", null],
  [of({ type: "integer" }), "ten", "number"],
  [of({ type: "integer" }), "1.5", "whole"],
  [of({ type: "integer" }), "{{ value }}", null],
  [of({ type: "number", minimum: 2, maximum: 4 }), "1", "least"],
  [of({ type: "number", minimum: 2, maximum: 4 }), "5", "most"],
  [of({ type: "number", minimum: 2, maximum: 4 }), "3.5", null],
  [of({ type: "enum", enum: ["a", "b"] }), "c", "choice"],
  [of({ type: "enum", enum: ["a", "b"] }), "b", null],
])("says what is wrong with a value: %o %s", (parameter, text, flaw) => {
  expect(flawOf(parameter, text)).toBe(flaw);
});

it("offers what a parameter can be, and asks for nothing that the server fills in", () => {
  expect(choicesOf(of({ type: "boolean" }))).toEqual(["true", "false"]);
  expect(choicesOf(of({ type: "string" }))).toBeNull();
  expect([of({ where: "caller" }), of({ where: "query" })].map(isAsked)).toEqual([false, true]);
});

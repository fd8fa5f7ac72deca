import { expect, it } from "vitest";
import type { Component } from "../types";
import { flawOf, type Input, inputsIn } from "./form";

const input = (more: Record<string, unknown>) => ({ id: "a", label: "A", ...more }) as unknown as Input;

it("asks for what is required and for nothing else that is empty", () => {
  const text = input({ type: "input", kind: "email" });
  expect(flawOf(text, "", true)).toBe("required");
  expect(flawOf(text, "", false)).toBeNull();
  expect(flawOf(input({ type: "checkbox" }), false, true)).toBe("required");
  expect(flawOf(input({ type: "number" }), 0, true)).toBeNull();
});

it("knows what will not do", () => {
  expect(flawOf(input({ type: "input", kind: "email" }), "a@b", false)).toBe("email");
  expect(flawOf(input({ type: "input", kind: "url" }), "nowhere", false)).toBe("url");
  expect(flawOf(input({ type: "input", kind: "text", pattern: "[a-z]+" }), "ab1", false)).toBe("pattern");
  expect(flawOf(input({ type: "input", kind: "text", max_length: 2 }), "abc", false)).toBe("long");
  expect(flawOf(input({ type: "number", minimum: 1, maximum: 3 }), 4, false)).toBe("high");
  expect(flawOf(input({ type: "number", minimum: 1 }), 0, false)).toBe("low");
  expect(flawOf(input({ type: "multiselect", most: 1 }), ["a", "b"], false)).toBe("many");
});

it("finds the inputs of a form at any depth, but not those of a form inside", () => {
  const tree = [
    {
      type: "row",
      id: "r",
      children: [input({ type: "input" }), { type: "form", id: "f", children: [input({ type: "date" })] }],
    },
    input({ type: "switch" }),
  ] as unknown as Component[];
  expect(inputsIn(tree).map(({ type }) => type)).toEqual(["input", "switch"]);
});

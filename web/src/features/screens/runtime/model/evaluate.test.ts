import { expect, it } from "vitest";
import { evaluate, evaluateEach, syntaxProblem } from "./evaluate";

it("gives values as they are, and nothing for what is not there", async () => {
  expect(await evaluate("state.n + 1", { state: { n: 2 } })).toEqual({ value: 3 });
  expect(await evaluate("state.none", { state: {} })).toEqual({ value: undefined });
  expect(await evaluate("data.rows[cpu > 80].name", { data: { rows: [{ name: "a", cpu: 90 }] } })).toEqual({
    value: "a",
  });
});

it("asks a whole list at once, and keeps its places", async () => {
  const inputs = [{ row: { cpu: 90 } }, { row: {} }, { row: { cpu: 10 } }];
  expect(await evaluateEach("row.cpu > 80", inputs)).toEqual({ value: [true, null, false] });
  expect(await evaluateEach("row.cpu", inputs)).toEqual({ value: [90, null, 10] });
  expect(await evaluateEach("row.cpu", inputs.slice(1, 2))).toEqual({ value: [null] });
  expect(await evaluateEach("row", [])).toEqual({ value: [] });
});

it("tells what cannot be read and what fails, and stops what does not end", async () => {
  expect(syntaxProblem("1 +")).toContain("(3)");
  expect(syntaxProblem("1 + 1")).toBeNull();
  expect(await evaluate("$nothing()", {})).toHaveProperty("problem");
  expect(await evaluate("($f := function($n) { $f($n + 1) }; $f(1))", {})).toHaveProperty("problem");
  expect(await evaluate("[1..10000000]", {})).toHaveProperty("problem");
});

it("does not hand out functions", async () => {
  expect(await evaluate("$sum", {})).toEqual({ value: null });
  expect(await evaluate("function($x) { $x }", {})).toEqual({ value: null });
});

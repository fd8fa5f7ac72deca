import { describe, expect, it } from "vitest";
import { choicesAt, type Sample } from "./expressions";

const sample: Sample = {
  params: ["host"],
  nodes: new Map<string, unknown>([
    ["rows", [{ name: "web-1", "cpu usage": 3 }, {}]],
    ["one", { deep: { er: true } }],
    ["later", undefined],
  ]),
};
const labels = (text: string) => choicesAt(text, text.length, sample)?.options.map(({ label }) => label);

describe("what can be written next", () => {
  it("begins with what an expression may name", () => {
    expect(labels("n")).toEqual(["params", "nodes", "ctx"]);
    expect(labels("$sum(nod")).toEqual(["params", "nodes", "ctx"]);
  });
  it("goes into parameters, nodes and what they gave, lists as their items", () => {
    expect(labels("params.")).toEqual(["host"]);
    expect(labels("1 + nodes.")).toEqual(["rows", "one", "later"]);
    expect(labels("nodes.rows.")).toEqual(["name", "`cpu usage`"]);
    expect(labels("nodes.rows[0].na")).toEqual(["name", "`cpu usage`"]);
    expect(labels("nodes.one.deep.")).toEqual(["er"]);
    expect(labels("ctx.caller.")).toEqual(["kind", "name"]);
  });
  it("says where it begins, and nothing where nothing is known", () => {
    expect(choicesAt("nodes.rows.na + 1", 13, sample)?.from).toBe(11);
    for (const text of ["", "1 + ", "nodes.later.", "nodes.rows.name.", "nodes.gone."])
      expect(labels(text)).toBeUndefined();
  });
});

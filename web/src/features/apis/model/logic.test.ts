import { describe, expect, it } from "vitest";
import { flawsOf } from "@/components/schema/check";
import { ApiError } from "@/lib/api/problem";
import type { ApiRun } from "@/lib/api/types";
import { blankLogic, brokenAt, documentOf, logicFlaws, logicFrom, logicTypes, namesUsed } from "./logic";
import { trialNodes } from "./node-runs";
import { isTable, runStarted } from "./results";
import { partOf } from "./schema";

const refused = (...errors: [pointer: string, message: string][]) =>
  new ApiError("problem", {
    type: "about:blank",
    title: "Refused",
    status: 422,
    detail: "",
    code: "invalid",
    hint: null,
    traceId: null,
    errors: errors.map(([pointer, message]) => ({ pointer, message, path: [], code: "x" })),
  } as never);

describe("logic as a document", () => {
  it.each(logicTypes)("%s goes through text and comes back identical", (type) => {
    const logic = blankLogic(type);
    expect(logicFrom(documentOf(logic), type)).toEqual(logic);
  });
  it.each([
    [{ type: "http", connection: "a" }, "http"],
    [{ type: "sql", sql: "select 1" }, "http"],
    [{ type: "workflow", nodes: [{ id: 1 }] }, "workflow"],
    [{ type: "workflow", nodes: [], edges: [{ source: "a" }] }, "workflow"],
    [[], "script"],
  ] as const)("%j is no logic of type %s", (value, type) =>
    expect(logicFrom(value as never, type)).toBeNull(),
  );
});

describe("flaws", () => {
  it("stand at their place in the logic, whatever the union was called on the way", () => {
    const error = refused(
      ["/body/logic/http/connection", "a"],
      ["/logic/workflow/nodes/2/map/do/logic", "b"],
      ["/body/parameters/0", "c"],
    );
    expect(logicFlaws(error, [])).toEqual([
      { pointer: "/connection", message: "a" },
      { pointer: "/nodes/2/do/logic", message: "b" },
    ]);
  });
  it("come from the findings of a check that was made", () => {
    const finding = { code: "x", message: "m", line: 1, column: 1, pointer: "/logic/nodes/0/value" };
    expect(logicFlaws(null, [finding])).toEqual([{ pointer: "/nodes/0/value", message: "m" }]);
  });
  it("tell the line at which a script broke", () => {
    const error = refused(["/logic/code#3:12", "KeyError"], ["/logic/code", "no line"]);
    expect(brokenAt(error)).toEqual([{ line: 3, column: 12, message: "KeyError" }]);
  });
});

it("finds the parameters that a script takes", () => {
  const code = `async def main(params, input, ctx):\n  return params["a"] + params['b'] + params.get("c") + params["a"]`;
  expect(namesUsed({ type: "script", code, connections: [], secrets: [] })).toEqual(["a", "b", "c"]);
});

it("takes a part of a schema with what it refers to", () => {
  const root = {
    $defs: {
      Text: { type: "string", minLength: 1 },
      Call: {
        type: "object",
        properties: { type: { const: "http" }, path: { $ref: "#/$defs/Text" } },
        required: ["path"],
      },
    },
  };
  const part = partOf(root, "Call", ["type"]);
  if (part === null) throw new Error("no such part");
  expect(Object.keys(part["properties"] as object)).toEqual(["path"]);
  expect(flawsOf({ path: "" }, part)).toEqual([{ pointer: "/path", code: "short", limit: 1 }]);
  expect(partOf(root, "None", [])).toBeNull();
  expect(partOf(null, "Call", [])).toBeNull();
});

describe("what a trial gave", () => {
  const line = (message: string, fields: Record<string, unknown>, level = "node") => ({
    at: "2026-01-01T00:00:00Z",
    level,
    message,
    fields,
  });
  it("is told of each node", () => {
    const log: ApiRun["log"] = [
      line("a", { state: "succeeded", ms: 1.5, output: [1] }),
      line("b", { state: "failed", ms: 2, error: "no" }),
      line("c", { state: "strange" }),
      line("d", { state: "failed" }, "info"),
    ];
    expect([...trialNodes(log)]).toEqual([
      ["a", { state: "succeeded", ms: 1.5, output: [1], error: null, port: "" }],
      ["b", { state: "failed", ms: 2, output: null, error: "no", port: "" }],
    ]);
  });
  it.each([
    [[{ a: 1 }, { a: 2 }], true, true],
    [[{ a: 1 }], true, false],
    [[{ a: 1 }], false, true],
    [[{ a: { b: 1 } }, { a: 1 }], true, false],
    [[{ a: { b: 1 } }], false, true],
    [[[1], [2]], false, false],
    [[1, 2], true, true],
  ])("%j, whole %j: a table? %j", (items, whole, wanted) => expect(isTable(items, whole)).toBe(wanted));
  it("tells of a durable run", () => {
    expect(runStarted({ status: 202, items: [{ run_id: "x" }] })).toBe("x");
    expect(runStarted({ status: 200, items: [{ run_id: "x" }] })).toBeNull();
    expect(runStarted({ status: 202, items: [] })).toBeNull();
  });
});

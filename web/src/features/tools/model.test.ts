import { describe, expect, it } from "vitest";
import type { ApiOperation, Asset, BuiltinTool } from "@/lib/api/types";
import { groupsOf, inputOf, logicOf, parsed, pretty, rowsOf, toggled } from "./model";

const asset = { id: "1", key: "disk", name: "Disk", description: "How full." } as Asset;
const builtin = { name: "alerts_list", title: "Alerts", description: "Lists alerts." } as BuiltinTool;

describe("rowsOf", () => {
  it("puts a tenant's own tools first", () =>
    expect(rowsOf([asset], [builtin], undefined).map(({ id }) => id)).toEqual(["1", "builtin:alerts_list"]));
  it("searches what comes along by name, title and description", () => {
    expect(rowsOf([], [builtin], " LISTS ").map(({ key }) => key)).toEqual(["alerts_list"]);
    expect(rowsOf([], [builtin], "disk")).toEqual([]);
  });
});

describe("content", () => {
  it("has an input schema, if only an empty one", () => {
    expect(inputOf({})).toEqual({ type: "object", properties: {} });
    expect(inputOf({ input_schema: { type: "object" } })).toEqual({ type: "object" });
  });
  it("says what it is made of", () => {
    expect(logicOf({ logic: { type: "api" } })).toBe("api");
    expect(logicOf({})).toBe("");
  });
});

it("toggles a choice", () => {
  expect(toggled(["a"], "b")).toEqual(["a", "b"]);
  expect(toggled(["a", "b"], "a")).toEqual(["b"]);
});

it("reads JSON or says why not", () => {
  expect(parsed('{"a": 1}')).toEqual({ value: { a: 1 } });
  expect(parsed("{")).toHaveProperty("wrong");
  expect(pretty({ a: 1 })).toBe('{\n  "a": 1\n}');
  expect(pretty(undefined)).toBe("");
});

describe("what a document offers", () => {
  const operation = (path: string, ...tags: string[]) =>
    ({ id: path, method: "GET", path, name: path, description: "", tags }) as unknown as ApiOperation;
  const all = [operation("/pets", "pets", "all"), operation("/health"), operation("/pets/{id}", "pets")];

  it("is grouped by its first tag", () => {
    const found = groupsOf(all, "").map(({ tag, operations }) => [tag, operations.map(({ path }) => path)]);
    expect(found).toEqual([
      ["pets", ["/pets", "/pets/{id}"]],
      ["", ["/health"]],
    ]);
  });

  it("is found by every word", () => {
    expect(groupsOf(all, "get PETS {id}").flatMap(({ operations }) => operations)).toEqual([all[2]]);
    expect(groupsOf(all, "pets nothing")).toEqual([]);
  });
});

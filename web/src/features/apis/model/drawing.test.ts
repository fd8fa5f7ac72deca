import { describe, expect, it } from "vitest";
import type { SqlTable } from "@/lib/api/types";
import {
  blankGroup,
  columnChoices,
  joined,
  type Operator,
  regrouped,
  replaced,
  startWith,
  textOf,
  type Value,
  valuesFrom,
  waysOn,
} from "./drawing";

const column = (name: string) => ({
  name,
  type: "text",
  comment: "",
  description: { en: "", ko: "" },
  synonyms: [],
});
const table = (name: string, columns: string[], keys: SqlTable["foreign_keys"] = []): SqlTable => ({
  schema_name: "data",
  name,
  comment: "",
  description: { en: "", ko: "" },
  synonyms: [],
  columns: columns.map(column),
  foreign_keys: keys,
});
const items = table("items", ["id", "name"]);
const relations = table(
  "relations",
  ["source_id", "target_id"],
  [
    { columns: ["source_id"], target: "data.items", referred_columns: ["id"] },
    { columns: ["target_id"], target: "data.items", referred_columns: ["id"] },
  ],
);
const tables = [items, relations];

describe("a drawing", () => {
  it("follows foreign keys both ways, and twice to the same table under another name", () => {
    const start = startWith(relations);
    const [first] = waysOn(start, tables);
    if (first === undefined) throw new Error("no way");
    const once = joined(start, first);
    expect(once.joins[0]?.on).toEqual([
      { left: { table: "relations", column: "source_id" }, right: { table: "items", column: "id" } },
    ]);
    const second = waysOn(once, tables).find(({ label }) => label.startsWith("relations.target_id"));
    expect(second?.join.source.alias).toBe("items2");
    expect(waysOn(startWith(items), tables).map(({ label }) => label)).toEqual([
      "items.id → relations",
      "items.id → relations",
    ]);
  });

  it("says whose a column is as soon as there are two tables", () => {
    const start = {
      ...startWith(relations),
      columns: [{ of: { table: "", column: "source_id" }, label: "" }],
    };
    const [way] = waysOn(start, tables);
    if (way === undefined) throw new Error("no way");
    expect(joined(start, way).columns[0]?.of).toEqual({ table: "relations", column: "source_id" });
    expect(columnChoices(start, tables).map(({ value }) => value)).toEqual(["source_id", "target_id"]);
    expect(columnChoices(joined(start, way), tables).map(({ value }) => value)).toContain("items.name");
  });

  it("groups by the plain columns while there is an aggregate", () => {
    const name = { table: "", column: "name" };
    const counted = {
      ...startWith(items),
      columns: [
        { of: name, label: "" },
        { aggregate: "count" as const, of: null, label: "n" },
      ],
    };
    expect(regrouped(counted).group_by).toEqual([name]);
    expect(regrouped({ ...counted, columns: [{ of: name, label: "" }] }).group_by).toEqual([]);
  });

  it("loses the group with its last condition", () => {
    const group = blankGroup({ table: "", column: "id" });
    expect(replaced(group, 0, null)).toBeNull();
    expect(replaced(group, 0, group)?.items).toEqual([group]);
  });
});

describe("values as text", () => {
  const cases: [string, Operator, Value[]][] = [
    [":host", "=", [{ type: "parameter", name: "host" }]],
    ["-12.5", ">", [{ type: "number", value: "-12.5" }]],
    ["'12'", "=", [{ type: "text", value: "12" }]],
    ["true", "=", [{ type: "boolean", value: true }]],
    ["a, :b, 3", "in", [{ type: "text", value: "a" }, { type: "parameter", name: "b" }, { type: "number", value: "3" }]],
    ["1, 2", "between", [{ type: "number", value: "1" }, { type: "number", value: "2" }]],
    ["", "is null", []],
  ]; // biome-ignore format: a table of cases
  it.each(cases)("%s after %s", (text, operator, values) => {
    expect(valuesFrom(text, operator)).toEqual(values);
    expect(valuesFrom(textOf(values), operator)).toEqual(values);
  });
});

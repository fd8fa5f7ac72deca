import { describe, expect, it } from "vitest";
import type { ApiEntry, ApiParameter } from "@/lib/api/types";
import { fieldsOf, groupsOf, rangeOf } from "./reference";

const entry = (name: string, tags: string[]) =>
  ({ id: name, name, tags, path: name.toLowerCase(), method: "GET", description: "" }) as unknown as ApiEntry;
const entries = [entry("Disk", []), entry("CPU", ["hosts", "load"]), entry("Memory", ["hosts"])];

describe("the list", () => {
  it("is grouped by tag, those without one last", () => {
    const found = groupsOf(entries, "").map(({ tag, entries: all }) => [tag, all.map(({ name }) => name)]);
    expect(found).toEqual([
      ["hosts", ["CPU", "Memory"]],
      ["load", ["CPU"]],
      [null, ["Disk"]],
    ]);
  });

  it("finds by every word in name, path and tag", () => {
    expect(groupsOf(entries, "HOSTS /runtime/cpu").map(({ tag }) => tag)).toEqual(["hosts", "load"]);
    expect(groupsOf(entries, "nothing")).toEqual([]);
  });
});

describe("an answer", () => {
  it("is told field by field", () => {
    const schema = {
      type: "object",
      required: ["items"],
      properties: { items: { type: "array", items: { $ref: "#/$defs/row" } } },
      $defs: {
        row: {
          type: "object",
          required: ["at"],
          properties: { at: { type: "string", format: "date-time" }, cpu: { type: ["number", "null"] } },
        },
      },
    };
    expect(fieldsOf(schema).map(({ path, type, nullable }) => [path, type, nullable])).toEqual([
      ["items", "array", false],
      ["items[].at", "string (date-time)", false],
      ["items[].cpu", "number", true],
    ]);
  });

  it("that refers to itself ends", () => {
    const loop = { $ref: "#/$defs/a", $defs: { a: { properties: { a: { $ref: "#/$defs/a" } } } } };
    expect(fieldsOf(loop).length).toBeLessThan(20);
  });
});

describe("a range", () => {
  it("is open where nothing is said", () => {
    expect(rangeOf({ name: "n" } as ApiParameter)).toBeNull();
    expect(rangeOf({ name: "n", minimum: 0, maximum: null } as ApiParameter)).toEqual({
      low: "0",
      high: "…",
    });
  });
});

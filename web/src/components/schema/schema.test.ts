import { describe, expect, it } from "vitest";
import type { Json } from "@/lib/json/pointer";
import { flawsOf } from "./check";
import { blankOf, branchOf, fieldOf, type Schema } from "./fields";
import { ordered } from "./order";

const root: Schema = {
  $defs: {
    Sql: {
      type: "object",
      properties: {
        type: { const: "sql", type: "string" },
        sql: { type: "string", minLength: 1, maxLength: 9000 },
      },
      required: ["sql"],
      additionalProperties: false,
    },
    Http: {
      type: "object",
      properties: {
        type: { const: "http", default: "http", type: "string" },
        path: { type: "string", pattern: "^/" },
        retries: { type: "integer", minimum: 0, maximum: 5, default: 1 },
      },
      required: ["type", "path"],
    },
    Tree: { type: "object", properties: { next: { anyOf: [{ $ref: "#/$defs/Tree" }, { type: "null" }] } } },
  },
  type: "object",
  properties: {
    logic: {
      discriminator: { propertyName: "type", mapping: {} },
      oneOf: [{ $ref: "#/$defs/Sql" }, { $ref: "#/$defs/Http" }],
    },
    kinds: { type: "array", items: { type: "string", maxLength: 60 }, maxItems: 2 },
    labels: { type: "object", additionalProperties: { type: "string" } },
    level: { enum: ["low", "high"], type: "string" },
    note: { anyOf: [{ type: "string", maxLength: 5 }, { type: "null" }], default: null },
    tree: { $ref: "#/$defs/Tree" },
  },
  required: ["logic", "level"],
  additionalProperties: false,
};
const property = (name: string) => (root["properties"] as Record<string, Schema>)[name] ?? {};
const shape = (name: string) => fieldOf(property(name), root).shape;

describe("fieldOf", () => {
  it.each([
    ["logic", "union"],
    ["kinds", "texts"],
    ["labels", "map"],
    ["level", "choice"],
    ["note", "optional"],
    ["tree", "group"],
  ])("%s is a %s", (name, wanted) => expect(shape(name)).toBe(wanted));
  it("names the branches by what tells them apart", () => {
    const field = fieldOf(property("logic"), root);
    if (field.shape !== "union") throw new Error("no union");
    expect(field.branches.map(({ name }) => name)).toEqual(["sql", "http"]);
    expect(branchOf(field, { type: "http" }, root)?.name).toBe("http");
    expect(branchOf(field, { type: "ftp" }, root)).toBeUndefined();
  });
  it.each([
    [{ $ref: "#/$defs/Missing" }],
    [{ $ref: "https://example.com/schema" }],
    [{ type: ["string", "null"] }],
    [{}],
  ])("shows what it does not understand as JSON: %j", (schema) =>
    expect(fieldOf(schema as Schema, root).shape).toBe("json"),
  );
  it("does not run around in circles", () =>
    expect(fieldOf({ $ref: "#/$defs/A" }, { $defs: { A: { $ref: "#/$defs/A" } } }).shape).toBe("json"));
});

describe("blankOf", () => {
  it("begins with what is required, and with defaults", () => {
    expect(blankOf(root, root)).toEqual({ logic: { type: "sql", sql: "" }, level: "low" });
    expect(blankOf({ $ref: "#/$defs/Http" }, root)).toEqual({ type: "http", path: "" });
  });
});

describe("ordered", () => {
  it("names properties as the schema does, at every depth, and loses nothing", () => {
    const mixed: Json = { more: 1, level: "low", logic: { retries: 2, path: "/x", type: "http" } };
    expect(JSON.stringify(ordered(mixed, root))).toBe(
      '{"logic":{"type":"http","path":"/x","retries":2},"level":"low","more":1}',
    );
    expect(ordered(mixed, root)).toEqual(mixed);
  });
  it("leaves alone what it does not understand", () => {
    const odd: Json = { logic: { type: "ftp", b: 1, a: 2 }, note: null, kinds: "no list" };
    expect(ordered(odd, root)).toEqual(odd);
  });
});

describe("flawsOf", () => {
  const good: Json = {
    logic: { type: "sql", sql: "select 1" },
    level: "low",
    note: null,
    labels: { a: "b" },
  };
  const flaws = (change: object) => flawsOf({ ...good, ...change } as Json, root);
  it("finds none in a good document", () => expect(flaws({})).toEqual([]));
  it.each([
    [{ level: "middle" }, "/level", "choice"],
    [{ logic: { type: "sql", sql: "" } }, "/logic/sql", "short"],
    [{ logic: { type: "sql" } }, "/logic/sql", "required"],
    [{ logic: { type: "ftp" } }, "/logic", "branch"],
    [{ logic: { type: "http", path: "x", retries: 9 } }, "/logic/path", "pattern"],
    [{ kinds: ["a", 3] }, "/kinds/1", "type"],
    [{ kinds: ["a", "b", "c"] }, "/kinds", "many"],
    [{ labels: { a: 1 } }, "/labels/a", "type"],
    [{ note: "too long" }, "/note", "long"],
    [{ extra: 1 }, "/extra", "unknown"],
    [{ tree: { next: { next: 3 } } }, "/tree/next/next", "type"],
  ])("%j: %s %s", (change, pointer, code) => expect(flaws(change)[0]).toMatchObject({ pointer, code }));
  it("counts characters as people do", () => expect(flaws({ note: "🧵🧵🧵🧵🧵" })).toEqual([]));
  it("leaves a pattern that only Python knows to the server", () =>
    expect(flawsOf("x", { type: "string", pattern: "(?P<a>b)" })).toEqual([]));
});

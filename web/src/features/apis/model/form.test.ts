import { describe, expect, it } from "vitest";
import type { ApiDefinition, ApiParameter } from "@/lib/api/types";
import { type ApiForm, emptyForm, newParameter, toDraft, toForm, typedValue } from "./form";
import { fitsNumber, fitsPath, needsOf } from "./needs";

const parameter = (change: Partial<ApiParameter>): ApiParameter => ({
  name: "host",
  type: "string",
  where: "query",
  required: false,
  default: null,
  description: "",
  enum: [],
  minimum: null,
  maximum: null,
  sensitive: false,
  ...change,
});

const definition: ApiDefinition = {
  path: "hosts/{host}/cpu",
  method: "POST",
  description: "What a host used",
  tags: ["hosts", "자원"],
  logic: { type: "sql", sql: "select 1 where :host <> ''" },
  parameters: [
    parameter({ where: "path" }),
    parameter({ name: "limit", type: "integer", default: 10, minimum: 1, maximum: 50 }),
    parameter({ name: "share", type: "number", default: 0.5 }),
    parameter({ name: "deep", type: "boolean", default: false, where: "body" }),
    parameter({ name: "note", default: "" }),
    parameter({ name: "state", type: "enum", enum: ["up", "down"], default: "up", sensitive: true }),
    parameter({ name: "since", type: "datetime", required: true, description: "from when" }),
  ],
  limits: {
    timeout_ms: 250,
    max_rows: 20,
    max_bytes: 9000,
    caller_rate: 60,
    tenant_rate: null,
    concurrency: 2,
  },
  cache: { ttl_s: 30, stale_s: 30, vary: null },
  auth: { required: true, callers: "keys", address_rate: 60 },
  stream: { timeout_ms: 1000, max_rows: 7, max_bytes: 9000 },
  retry: { attempts: 2, wait_ms: 50 },
  breaker: { failures: 3, open_s: 9 },
  sunset: { since: "2026-01-01T00:00:00Z", ends: null, link: "" },
  log: { sample_percent: 25 },
};

describe("an API in the form", () => {
  it.each<ApiDefinition["logic"]>([
    { type: "sql", sql: "select 1", connection: "orders-db" },
    { type: "http", connection: "billing", path: "/bills", method: "GET", body_type: "json" },
  ])("keeps logic that it does not show: %j", (logic) =>
    expect(toDraft(toForm("x", { ...definition, logic })).logic).toEqual(logic),
  );
  it("comes back as the very same document", () => {
    const { name, ...rest } = toDraft(toForm("CPU", definition));
    expect(name).toBe("CPU");
    expect(rest).toEqual(definition);
  });

  it("keeps an empty default apart from none", () => {
    const form = toForm("CPU", definition);
    expect(form.parameters.map((row) => row.default)).toEqual([null, "10", "0.5", "false", "", "up", null]);
  });

  it("never sends what tells rows apart", () => {
    const form: ApiForm = { ...emptyForm, parameters: [newParameter("n-1", "host", "query")] };
    expect(toDraft(form).parameters?.[0]).not.toHaveProperty("key");
    expect(toDraft(form).parameters?.[0]).not.toHaveProperty("choices");
  });

  it("trims name and path", () => {
    const draft = toDraft({ ...emptyForm, name: " CPU ", path: " cpu " });
    expect([draft.name, draft.path]).toEqual(["CPU", "cpu"]);
  });
});

describe("typedValue", () => {
  it.each([
    ["integer", "42", 42],
    ["number", "-0.5", -0.5],
    ["number", "four", "four"],
    ["integer", " ", " "],
    ["boolean", "true", true],
    ["boolean", "false", false],
    ["boolean", "maybe", "maybe"],
    ["string", "42", "42"],
    ["date", "2026-03-02", "2026-03-02"],
  ] as const)("%s %j", (type, text, wanted) => expect(typedValue(type, text)).toBe(wanted));
});

describe("what stands in the way of saving", () => {
  const fine: ApiForm = { ...emptyForm, name: "CPU", path: "cpu" };

  it("is nothing for a whole form", () => expect(needsOf(fine)).toEqual({}));

  it("names every field", () => {
    expect(needsOf({ ...fine, name: " ", path: "a b", sql: "\n", ttlS: "1.5" })).toEqual({
      name: "name",
      path: "path",
      sql: "sql",
      ttlS: "number",
    });
  });

  it("finds parameters without a name, named twice, or without choices", () => {
    const parameters = [
      newParameter("1", "1st", "query"),
      newParameter("2", "host", "query"),
      newParameter("3", "host", "query"),
      { ...newParameter("4", "state", "query"), type: "enum" as const },
    ];
    expect(needsOf({ ...fine, parameters })).toEqual({
      "parameters.0.name": "parameterName",
      "parameters.2.name": "parameterTwice",
      "parameters.3.choices": "choices",
    });
  });

  it.each([
    ["hosts/{host}/cpu", true],
    ["서버/상태.v1", true],
    ["/hosts/", true],
    ["hosts//cpu", false],
    ["hosts/{1}", false],
    ["../etc", false],
    ["", false],
  ])("path %j: %s", (path, fits) => expect(fitsPath(path)).toBe(fits));

  it("takes numbers from the lowest to the highest and nothing around them", () => {
    expect(["9", "10", "60000", "60001"].map((text) => fitsNumber("timeoutMs", text))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect([fitsNumber("callerRate", ""), fitsNumber("maxRows", "")]).toEqual([true, false]);
  });
});

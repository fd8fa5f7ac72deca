import { describe, expect, it } from "vitest";
import { newParameter } from "./form";
import { parametersIn, parametersInPath, undeclared } from "./sql";

describe("parametersIn", () => {
  it.each([
    ["select :a, :b, :a", ["a", "b"]],
    ["select time::date, :day::date", ["day"]],
    ["select ':no' || \":no\" || :yes", ["yes"]],
    ["select 'it''s :no' , :yes", ["yes"]],
    ["select 1 -- :no\n, :yes /* :no */", ["yes"]],
    ["select $$ :no $$, $x$ :no $x$, :yes", ["yes"]],
    ["select arr[1:n]", []],
    ["select :", []],
  ])("%j", (sql, wanted) => expect(parametersIn(sql)).toEqual(wanted));

  it("reads a path", () =>
    expect(parametersInPath("hosts/{host}/{metric}/{host}")).toEqual(["host", "metric"]));
});

describe("undeclared", () => {
  it("offers what is used, at the place a call carries it", () => {
    const logic = { type: "sql" as const, sql: "" };
    const form = { logic, sql: "select :host, :since, :limit", path: "hosts/{host}", method: "GET" as const };
    expect(undeclared({ ...form, parameters: [newParameter("1", "limit", "query")] })).toEqual([
      { name: "host", where: "path" },
      { name: "since", where: "query" },
    ]);
    expect(
      undeclared({ ...form, path: "hosts", method: "POST", parameters: [] }).map(({ where }) => where),
    ).toEqual(["body", "body", "body"]);
  });
});

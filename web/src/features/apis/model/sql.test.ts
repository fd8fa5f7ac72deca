import { describe, expect, it } from "vitest";
import { newParameter } from "./form";
import { markOf, parametersIn, parametersInPath, undeclared } from "./sql";

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

describe("markOf", () => {
  const at = (sql: string, line: number, column: number) => {
    const { from, to } = markOf(sql, { line, column });
    return sql.slice(from, to);
  };

  it("marks the word that begins there", () => {
    expect(at("select tim\nfrom data.metrics", 1, 8)).toBe("tim");
    expect(at("select tim\nfrom data.metrics", 2, 6)).toBe("data.metrics");
    expect(at("where x=:host", 1, 9)).toBe(":host");
  });

  it("counts letters, not code units", () => {
    expect(at("select '🧵', 온도 from x", 1, 13)).toBe("온도");
  });

  it("marks the last letter at the end of a line, and stays inside the text", () => {
    expect(at("select (", 1, 9)).toBe("(");
    expect(at("select", 9, 99)).toBe("t");
    expect(markOf("", { line: 1, column: 1 })).toEqual({ from: 0, to: 0 });
  });
});

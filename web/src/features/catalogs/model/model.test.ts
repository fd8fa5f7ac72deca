import { describe, expect, it } from "vitest";
import { heightOf, placed, visible } from "./diagram";
import { candidateText, opOf, placeOf, sidesOf } from "./diff";
import { isEnd, percentOf, progressOf } from "./scan";

const table = (path: string, columns = 2) => ({
  path,
  kind: "table" as const,
  enabled: true,
  chosen: false,
  columns: Array.from({ length: columns }, (_, at) => ({
    name: `c${at}`,
    type: "text",
    primary: at === columns - 1,
    foreign: false,
  })),
  more_columns: 0,
});

describe("the diagram", () => {
  it("puts a table right of those that refer to it, and no two on each other", () => {
    const tables = [table("customers", 12), table("orders"), table("lines", 20), table("notes")];
    const boxes = placed(tables, [
      { source: "orders", target: "customers" },
      { source: "lines", target: "orders" },
    ]);
    const x = (path: string) => boxes.find((box) => box.path === path)?.x ?? Number.NaN;
    expect(x("lines")).toBeLessThan(x("orders"));
    expect(x("orders")).toBeLessThan(x("customers"));
    expect(x("customers")).toBeLessThan(x("notes"));
    expect(boxes).toHaveLength(4);
  });
  it("stands circles and tables that refer to themselves", () => {
    const tables = [table("a"), table("b"), table("self")];
    const boxes = placed(tables, [
      { source: "a", target: "b" },
      { source: "b", target: "a" },
      { source: "self", target: "self" },
    ]);
    expect(new Set(boxes.map(({ x, y }) => `${x} ${y}`)).size).toBe(3);
  });
  it("shows keys first and counts what it leaves out", () => {
    const { columns, more } = visible(table("wide", 30));
    expect(columns[0]?.primary).toBe(true);
    expect(columns.length + more).toBe(30);
    expect(heightOf(table("wide", 30))).toBeLessThan(300);
  });
});

describe("progress", () => {
  const payload = { catalog_id: "c", scan_id: "s", status: "running", tables_total: 8, tables_done: 2 };
  it("is read from the stream", () => {
    const found = progressOf(payload);
    expect(found?.shown).toEqual({ status: "running", tables_total: 8, tables_done: 2, tables_failed: 0 });
    expect(found === null ? null : percentOf(found.shown)).toBe(25);
    expect(found === null ? null : isEnd(found)).toBe(false);
  });
  it("of an end is told from progress", () => {
    const found = progressOf({ ...payload, status: "interrupted" });
    expect(found === null ? null : isEnd(found)).toBe(true);
  });
  it.each([null, "x", {}, { ...payload, status: "dancing" }, { ...payload, scan_id: 7 }])(
    "%j is none",
    (odd) => expect(progressOf(odd)).toBeNull(),
  );
  it("of nothing yet is unknown, not zero", () =>
    expect(percentOf({ status: "queued", tables_total: 0, tables_done: 0, tables_failed: 0 })).toBeNull());
});

describe("changes", () => {
  it.each([
    ["column_added", "added"],
    ["foreign_key_removed", "removed"],
    ["type_changed", "changed"],
  ] as const)("%s is %s", (kind, op) => expect(opOf({ kind })).toBe(op));
  it.each([
    [null, null, ""],
    ["", "", ""],
    [null, "text", "text"],
    ["int", "text", "int → text"],
    ["", "x", "– → x"],
  ])("from %j to %j is said as %j", (before, after, text) => expect(sidesOf({ before, after })).toBe(text));
  it("are of a table or of its column", () =>
    expect([placeOf({ table: "t" }), placeOf({ table: "t", column: "c" })]).toEqual(["t", "t.c"]));
  it("of names are guesses with both names", () => {
    expect(candidateText({ table_before: "a", table_after: "b", likeness: 0.9 })).toBe("a → b");
    expect(
      candidateText({
        table_before: "a",
        table_after: "b",
        column_before: "x",
        column_after: "y",
        likeness: 0.8,
      }),
    ).toBe("b: x → y");
  });
});

import { describe, expect, it } from "vitest";
import type { Api, ApiDefinition, ApiRunLog, ApiVersion } from "@/lib/api/types";
import { emptyForm, newParameter, toDraft, toParameters } from "./form";
import {
  cellText,
  changedParts,
  columnNames,
  isNumeric,
  lifecycleOf,
  rowsOf,
  statusTone,
  summarizeRuns,
} from "./results";

const definition: ApiDefinition = toDraft({ ...emptyForm, name: "CPU", path: "cpu" });
const api = { name: "CPU", state: "published", published_version: 2, definition } as Api;
const version = (number: number, change: Partial<ApiVersion> = {}) =>
  ({ version: number, name: "CPU", definition: { ...definition, output: [] }, ...change }) as ApiVersion;

describe("a result", () => {
  it("has the columns of its rows, in order", () => {
    expect(columnNames(rowsOf([{ b: 1, a: 2 }, { c: 3 }, 7]))).toEqual(["b", "a", "c", "value"]);
  });

  it("tells numbers apart", () => {
    const rows = [
      { n: 1, t: "1", m: null },
      { n: null, t: "2", m: null },
    ];
    expect(["n", "t", "m"].map((name) => isNumeric(rows, name))).toEqual([true, false, false]);
  });

  it("shows values as they are", () => {
    expect([null, undefined, 0, false, "", { a: [1] }].map(cellText)).toEqual([
      null,
      null,
      "0",
      "false",
      "",
      '{"a":[1]}',
    ]);
  });
});

describe("the runs log", () => {
  const run = (total_ms: number, status = 200, of = 1) => ({ total_ms, status, version: of }) as ApiRunLog;

  it("leaves out trials of the draft", () => {
    expect(summarizeRuns([run(900, 500, 0), run(3), run(1), run(2, 422)])).toEqual({
      calls: 3,
      failed: 1,
      median: 2,
      p95: 3,
    });
  });

  it("has no times without calls", () => {
    expect(summarizeRuns([])).toEqual({ calls: 0, failed: 0, median: null, p95: null });
  });

  it("gives a status its tone", () => {
    expect([200, 304, 404, 422, 500, 504].map(statusTone)).toEqual([
      "ok",
      "ok",
      "warn",
      "warn",
      "critical",
      "critical",
    ]);
  });
});

describe("what changed since it was published", () => {
  it("is nothing when only the order of keys or a null differs", () => {
    const limits = Object.fromEntries(Object.entries(definition.limits).reverse());
    expect(
      changedParts(definition, {
        ...definition,
        limits: { ...definition.limits, ...limits, caller_rate: null },
      }),
    ).toEqual([]);
  });

  it("names the parts", () => {
    const after: ApiDefinition = {
      ...definition,
      logic: { type: "sql", sql: "select 2" },
      parameters: toParameters([newParameter("1", "host", "query")]),
      tags: ["new"],
    };
    expect(changedParts(definition, after)).toEqual(["logic", "parameters", "description"]);
  });

  it("makes a published API a changed one", () => {
    expect(lifecycleOf(api, [version(2), version(1)])).toBe("published");
    expect(lifecycleOf({ ...api, name: "Load" }, [version(2)])).toBe("changed");
    expect(lifecycleOf({ ...api, definition: { ...definition, path: "load" } }, [version(2)])).toBe(
      "changed",
    );
  });

  it("stays published while the versions are not known", () => {
    expect(lifecycleOf(api, undefined)).toBe("published");
    expect(lifecycleOf({ ...api, published_version: null }, [])).toBe("draft");
    expect(lifecycleOf({ ...api, state: "archived" }, [])).toBe("archived");
  });
});

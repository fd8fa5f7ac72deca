import { describe, expect, it } from "vitest";
import type { ApiMetrics, ApiRunLog } from "@/lib/api/types";
import {
  countLines,
  exportAddress,
  hitShare,
  isFiltered,
  rateOf,
  readRunFilters,
  timeLines,
  timeSplit,
  toQuery,
  whyNotAgain,
} from "./model";

const id = "0198c0de-0000-7000-8000-000000000001";
const run = {
  api_id: id,
  version: 2,
  parameters: { host: "a" },
  total_ms: 10,
  guard_ms: 1,
  queue_ms: 2,
  database_ms: 5,
  serialise_ms: 2,
} as unknown as ApiRunLog;

describe("filters", () => {
  it("takes from the URL what fits and leaves out the rest", () =>
    expect(
      readRunFilters({
        q: "",
        api: [id, "x"],
        version: [1, "2"],
        outcome: "failed",
        caller: "me",
        slower: "-3",
      }),
    ).toEqual({
      q: undefined,
      api: [id],
      version: ["1", "2"],
      outcome: ["failed"],
      code: undefined,
      caller: undefined,
      cache: undefined,
      slower: undefined,
    }));
  it("is not filtered by nothing", () => {
    expect(isFiltered(readRunFilters({}))).toBe(false);
    expect(isFiltered(readRunFilters({ slower: 100 }))).toBe(true);
  });
  it("leaves the end open while the range ends now, and exports the same list", () => {
    const now = new Date("2026-05-01T10:00:00Z");
    const query = toQuery({ q: "a&b", code: ["x", "y"] }, { from: "now-1h", to: "now" }, now);
    expect(query).not.toHaveProperty("to");
    expect(query.from).toBe("2026-05-01T09:00:00.000Z");
    expect(exportAddress(query, "csv")).toBe(
      "/api/v1/api-runs/export?format=csv&q=a%26b&code=x&code=y&from=2026-05-01T09%3A00%3A00.000Z",
    );
  });
});

describe("one run", () => {
  it("splits its time without losing any of it", () => {
    const parts = timeSplit(run);
    expect(Object.fromEntries(parts.map(({ part, ms }) => [part, ms]))).toEqual({
      guard: 1,
      queue: 2,
      database: 5,
      rest: 2,
      serialise: 2,
    });
    expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });
  it("has no shares without time", () =>
    expect(
      timeSplit({ ...run, total_ms: 0, guard_ms: 0, queue_ms: 0, database_ms: 0, serialise_ms: 0 }).every(
        ({ share }) => share === 0,
      ),
    ).toBe(true));
  it.each<[Partial<ApiRunLog>, string | null]>([
    [{}, null],
    [{ api_id: null }, "noApi"],
    [{ version: 0 }, "draft"],
    [{ parameters: { password: "***" } }, "masked"],
    [{ parameters: { body: '{"token":"***"}' } }, "masked"],
  ])("%j again: %s", (change, why) => expect(whyNotAgain({ ...run, ...change })).toBe(why));
});

const numbers = { runs: 0, refused: 0, limited: 0, failed: 0, timed_out: 0, hits: 0, misses: 0 };
const metrics = {
  start: "2026-05-01T09:00:00Z",
  end: "2026-05-01T09:15:00Z",
  step_s: 300,
  total: { ...numbers, runs: 30, failed: 5 },
  points: [{ ...numbers, at: "2026-05-01T09:05:00Z", runs: 30, failed: 5, p50_ms: 1, p95_ms: 4, p99_ms: 9 }],
} as unknown as ApiMetrics;

describe("metrics", () => {
  it("draws a step without calls as none, and only the ways that calls ended in", () =>
    expect(
      countLines(metrics, (of) => of).map(({ name, points }) => [name, points.map(([, y]) => y)]),
    ).toEqual([
      ["answered", [0, 5, 0]],
      ["failed", [0, 1, 0]],
    ]));
  it("draws times only where there were calls", () =>
    expect(timeLines(metrics).map(({ name, points }) => [name, points.length])).toEqual([
      ["p50", 1],
      ["p95", 1],
      ["p99", 1],
    ]));
  it("draws times as wide as counts once there is a line", () => {
    const [first] = metrics.points;
    const two = { ...metrics, points: [first, { ...first, at: "2026-05-01T09:10:00Z" }] } as ApiMetrics;
    const [line] = timeLines(two);
    expect(line?.points.map(([, value]) => value)).toEqual([null, 1, 1, null]);
    expect(line?.points[0]?.[0]).toBe("2026-05-01T09:00:00.000Z");
  });
  it("knows rates and shares", () => {
    expect(rateOf(30, metrics.start, metrics.end)).toBe(2);
    expect(rateOf(30, metrics.end, metrics.start)).toBe(0);
    expect(hitShare(metrics.total)).toBeNull();
    expect(hitShare({ ...metrics.total, hits: 3, misses: 1 })).toBe(0.75);
  });
});

import { describe, expect, it } from "vitest";
import type { Executor, ExecutorRun } from "@/lib/api/types";
import { duration, seconds, share, spanOf, standing, threeOf } from "./model";

const run: ExecutorRun = {
  due_at: "2026-01-01T00:00:00Z",
  asked_by: null,
  attempt: 1,
  node: "n",
  started_at: "2026-01-01T00:00:00Z",
  ended_at: "2026-01-01T00:00:02.5Z",
  outcome: "succeeded",
  rows: 3,
  detail: "",
};
const executor: Executor = {
  id: "e",
  kind: "query",
  name: "E",
  version: 1,
  cron: "* * * * *",
  zone: "UTC",
  every_s: null,
  missed: "once",
  paused_at: null,
  paused_by: null,
  next_at: null,
  leased_by: null,
  leased_until: null,
  last_run: null,
};

describe("executors", () => {
  it("stand where their last run or a pause has put them", () => {
    expect(standing(executor)).toBe("waiting");
    expect(standing({ ...executor, last_run: run })).toBe("succeeded");
    const paused = { ...executor, paused_at: "2026-01-01T00:00:00Z" };
    expect(standing({ ...paused, last_run: run })).toBe("paused");
    expect(standing({ ...paused, last_run: { ...run, outcome: "running" } })).toBe("running");
  });

  it("took a time once they have ended", () => {
    expect(seconds(run)).toBe(2.5);
    expect(seconds({ ...run, ended_at: null })).toBeNull();
    expect(seconds({ ...run, ended_at: "2025-12-31T23:59:00Z" })).toBe(0);
  });
});

describe("figures", () => {
  it("are shown in the unit that reads best", () => {
    expect([duration(null, "en"), duration(0.0123, "en"), duration(12, "en"), duration(2500, "en")]).toEqual([
      "–",
      "12.3\u00a0µs",
      "12\u00a0ms",
      "2.5\u00a0s",
    ]);
  });

  it("stand together, or not at all", () => {
    expect(threeOf({ p50: 1, p95: 2, p99: 3 }, "en")).toBe("1\u00a0ms · 2\u00a0ms · 3\u00a0ms");
    expect(threeOf({ p50: null, p95: null, p99: null }, "en")).toBe("–");
  });

  it("are a part of what is allowed", () => {
    expect([share(5, 10), share(20, 10), share(1, 0)]).toEqual([0.5, 1, 0]);
  });

  it("reach back as far as the address says, if that can be chosen", () => {
    expect([spanOf("24"), spanOf(6), spanOf("7"), spanOf(undefined)]).toEqual([24, 6, 1, 1]);
  });
});

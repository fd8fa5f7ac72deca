import { describe, expect, it } from "vitest";
import type { GoldenLine, GoldenRun } from "@/lib/api/types";
import { byCategory, inOrder, progressOf, standingOf } from "./model";

const run: GoldenRun = {
  id: "1",
  started_at: "2026-03-04T09:30:00Z",
  ended_at: "2026-03-04T09:31:00Z",
  reason: "demand",
  started_by: "somebody",
  now: "2026-03-04T09:30:00Z",
  total: 4,
  passed: 2,
  warned: 1,
  failed: 0,
  baseline: false,
};

const line = (key: string, category: string, outcome: GoldenLine["outcome"]): GoldenLine => ({
  key,
  category,
  outcome,
  question: key,
  language: "en",
  cause: null,
  took_ms: 1,
});

describe("a run", () => {
  it("tells how far it has come, also when it asks nothing", () => {
    expect(progressOf(run)).toEqual({ asked: 3, part: 0.75 });
    expect(progressOf({ ...run, total: 0, passed: 0, warned: 0 }).part).toBe(1);
  });

  it("stands as its worst question does, once it has ended", () => {
    expect(standingOf(run)).toBe("warn");
    expect(standingOf({ ...run, warned: 0 })).toBe("pass");
    expect(standingOf({ ...run, failed: 1 })).toBe("fail");
    expect(standingOf({ ...run, failed: 1, ended_at: null })).toBe("running");
  });
});

describe("its questions", () => {
  const lines = [
    line("b", "count", "pass"),
    line("a", "top", "fail"),
    line("c", "top", "warn"),
    line("d", "count", "fail"),
  ];

  it("are counted by category, the worst first", () => {
    expect(byCategory([...lines, line("e", "top", "fail")])).toEqual([
      { category: "top", passed: 1, total: 3 },
      { category: "count", passed: 1, total: 2 },
    ]);
  });

  it("stand with the failed ones first, and can be narrowed", () => {
    expect(inOrder(lines, undefined).map(({ key }) => key)).toEqual(["a", "d", "c", "b"]);
    expect(inOrder(lines, "warn").map(({ key }) => key)).toEqual(["c"]);
  });
});

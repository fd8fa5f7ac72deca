import { describe, expect, it } from "vitest";
import type { EventRow, EventSummary } from "@/lib/api/types";
import { addressOf, conditionFor, fieldsOf, readEventFilters, toQuery } from "./filters";
import { barsOf, heightOf } from "./histogram";
import { emptyTail, mostRows, tailed } from "./tail-state";

describe("filters in the address", () => {
  it("are read whatever somebody typed", () => {
    expect(
      readEventFilters({ type: "a", severity: ["loud", "error", "none"], where: [1, "", null] }),
    ).toEqual({
      q: undefined,
      type: ["a"],
      source: undefined,
      severity: ["error", "none"],
      subject: undefined,
      where: ["1"],
    });
  });

  it("leave the end open while the range ends now", () => {
    const now = new Date("2026-03-02T09:00:00Z");
    expect(toQuery({}, { from: "now-1h", to: "now" }, now)).not.toHaveProperty("to");
    expect(toQuery({}, { from: "now-1h", to: "now-5m" }, now)).toHaveProperty(
      "to",
      "2026-03-02T08:55:00.000Z",
    );
    expect(addressOf("/x", { a: ["1", "2"], b: null, c: "한 글" })).toBe("/x?a=1&a=2&c=%ED%95%9C+%EA%B8%80");
  });
});

describe("conditions from an event", () => {
  it("name fields and values so that the server reads them back", () => {
    const found = fieldsOf("data", { a: 1, "b.c": { d: "x y" }, list: [1] });
    expect(found.map(([path, value]) => conditionFor(path, value))).toEqual([
      "data.a = 1",
      'data."b.c".d = "x y"',
      null,
    ]);
  });
});

const row = (id: number) => ({ id: String(id) }) as EventRow;

describe("a live tail", () => {
  it("shows the newest first, and holds what comes while it is paused", () => {
    let state = tailed(emptyTail, { type: "came", items: [row(1), row(2)], skipped: 3 });
    state = tailed(tailed(state, { type: "pause" }), { type: "came", items: [row(3)], skipped: 0 });
    expect(state.rows.map(({ id }) => id)).toEqual(["2", "1"]);
    state = tailed(state, { type: "go" });
    expect(state.rows.map(({ id }) => id)).toEqual(["3", "2", "1"]);
    expect([state.received, state.skipped]).toEqual([6, 3]);
  });

  it("counts what it cannot hold", () => {
    const many = Array.from({ length: mostRows + 7 }, (_, id) => row(id));
    const state = tailed(tailed(emptyTail, { type: "pause" }), { type: "came", items: many, skipped: 0 });
    expect([state.held.length, state.skipped]).toEqual([mostRows, 7]);
  });
});

describe("the histogram", () => {
  it("has a bar for each step, with what is bad told apart", () => {
    const summary = {
      start: "2026-03-02T08:30:00Z",
      end: "2026-03-02T11:00:00Z",
      step_s: 3600,
      slots: [{ at: "2026-03-02T09:00:00Z", counts: { critical: 1, warning: 2, none: 4 } }],
    } as unknown as EventSummary;
    const bars = barsOf(summary);
    expect(bars.map(({ total }) => total)).toEqual([0, 7, 0]);
    expect(bars[1]?.bands).toEqual({ bad: 1, warn: 2, calm: 4 });
    expect([heightOf(0, 7), heightOf(7, 7)]).toEqual([0, 1]);
  });
});

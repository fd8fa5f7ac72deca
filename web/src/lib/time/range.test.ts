import { describe, expect, it } from "vitest";
import {
  defaultRange,
  isRelative,
  lastOf,
  onSteps,
  parseEnd,
  rangeFrom,
  refreshFrom,
  resolve,
  shift,
  stepFor,
  usefulRefreshMs,
  widen,
} from "./range";

const now = new Date("2026-05-14T10:20:30.400Z");

describe("parseEnd", () => {
  it.each([
    ["now", "2026-05-14T10:20:30.400Z"],
    ["now-15m", "2026-05-14T10:05:30.400Z"],
    ["now-2h", "2026-05-14T08:20:30.400Z"],
    ["now+30s", "2026-05-14T10:21:00.400Z"],
    ["now-1d", "2026-05-13T10:20:30.400Z"],
    ["now-1w", "2026-05-07T10:20:30.400Z"],
    ["now/m", "2026-05-14T10:20:00.000Z"],
    ["now-15m/m", "2026-05-14T10:05:00.000Z"],
    ["2026-05-14T09:00:00Z", "2026-05-14T09:00:00.000Z"],
    ["2026-05-14T09:00:00+09:00", "2026-05-14T00:00:00.000Z"],
  ])("%s is %s", (text, wanted) => expect(parseEnd(text, now)?.toISOString()).toBe(wanted));

  it.each([
    "",
    "yesterday",
    "now-",
    "now-15",
    "now-15y",
    "now - 1h",
    "2026-13-45",
    "-1h",
    "now-999999h",
    "1700000000",
  ])("refuses %j", (text) => expect(parseEnd(text, now)).toBeNull());

  it("rounds days and weeks in local time, weeks to Monday", () => {
    const day = parseEnd("now/d", now);
    expect(day?.getHours()).toBe(0);
    const week = parseEnd("now/w", now);
    expect(week?.getDay()).toBe(1);
    expect(week && now.getTime() - week.getTime()).toBeLessThan(7 * 86_400_000);
  });
});

describe("resolve", () => {
  it("resolves both ends at the same now", () => {
    const span = resolve({ from: "now-5m", to: "now" }, now);
    expect(span.to.getTime() - span.from.getTime()).toBe(300_000);
  });
  it.each([
    { from: "now", to: "now-5m" },
    { from: "x", to: "now" },
    { from: "now", to: "now" },
  ])("falls back to the last hour for $from … $to", (range) => {
    const span = resolve(range, now);
    expect(span.to.getTime() - span.from.getTime()).toBe(3_600_000);
  });
});

describe("rangeFrom", () => {
  it("takes a good range", () =>
    expect(rangeFrom({ from: "now-6h", to: "now" }, now)).toEqual({ from: "now-6h", to: "now" }));
  it("fills a missing end", () =>
    expect(rangeFrom({ from: "now-6h" }, now)).toEqual({ from: "now-6h", to: "now" }));
  it.each([{ from: 5 }, { from: "x" }, { from: "now", to: "now-1h" }, {}])(
    "gives the default for %j",
    (search) => expect(rangeFrom(search, now)).toEqual(defaultRange),
  );
});

describe("stepFor", () => {
  const span = (seconds: number) => ({ from: new Date(0), to: new Date(seconds * 1000) });
  it.each([
    [300, 300, 5],
    [3600, 300, 15],
    [86_400, 300, 300],
    [7 * 86_400, 300, 3600],
    [30 * 86_400, 300, 10_800],
    [5000 * 86_400, 300, 17 * 86_400],
  ])("%i s in %i points is %i s", (seconds, points, step) =>
    expect(stepFor(span(seconds), points)).toBe(step),
  );
  it("never asks for more points than wanted", () => {
    for (let seconds = 60; seconds < 1e7; seconds = Math.ceil(seconds * 1.7))
      expect(seconds / stepFor(span(seconds), 240)).toBeLessThanOrEqual(240);
  });
});

describe("usefulRefreshMs", () => {
  it.each([
    [1, 5000],
    [15, 15_000],
    [10_800, 60_000],
  ])("a step of %i s is worth a look every %i ms", (stepS, ms) => expect(usefulRefreshMs(stepS)).toBe(ms));
});

describe("onSteps", () => {
  it("puts two queries a moment apart on the same buckets", () => {
    const at = (ms: number) => ({
      from: new Date(now.getTime() + ms - 3_600_000),
      to: new Date(now.getTime() + ms),
    });
    expect(onSteps(at(37), 15).from).toBe(onSteps(at(0), 15).from);
    expect(onSteps(at(0), 15)).toEqual({ from: "2026-05-14T09:20:30.000Z", to: "2026-05-14T10:20:45.000Z" });
  });
});

describe("lastOf", () => {
  it("reads the last 15 minutes", () =>
    expect(lastOf({ from: "now-15m", to: "now" })).toEqual({ amount: 15, unit: "m" }));
  it.each([
    { from: "now-15m", to: "now-5m" },
    { from: "now-7d/d", to: "now" },
    { from: "2026-05-14T09:00:00Z", to: "now" },
  ])("is null for $from … $to", (range) => expect(lastOf(range)).toBeNull());
});

describe("moving a range", () => {
  it("shifts by its own length", () =>
    expect(shift({ from: "now-1h", to: "now" }, -1, now)).toEqual({
      from: "2026-05-14T08:20:30.400Z",
      to: "2026-05-14T09:20:30.400Z",
    }));
  it("there and back is the same span", () => {
    const once = shift({ from: "now-1h", to: "now" }, -1, now);
    expect(resolve(shift(once, 1, now), now)).toEqual(resolve({ from: "now-1h", to: "now" }, now));
  });
  it("widens to twice the length and stops at now", () => {
    const wide = resolve(widen({ from: "now-1h", to: "now" }, now), now);
    expect(wide.to).toEqual(now);
    expect(wide.to.getTime() - wide.from.getTime()).toBe(7_200_000);
  });
});

describe("small readers", () => {
  it("knows relative ends", () => {
    expect(isRelative("now-1h")).toBe(true);
    expect(isRelative("2026-05-14T09:00:00Z")).toBe(false);
  });
  it.each([
    ["30", 30],
    [0, 0],
    ["7", 10],
    [undefined, 10],
  ])("refresh %j is %i", (value, wanted) => expect(refreshFrom(value)).toBe(wanted));
});

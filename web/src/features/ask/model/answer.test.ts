import { describe, expect, it } from "vitest";
import type { AskDecision } from "@/lib/api/types";
import {
  asksOnKey,
  barShares,
  differenceText,
  isInstant,
  outcomeOf,
  parameterTexts,
  readingOf,
} from "./answer";

describe("running evidence again", () => {
  it.each([
    [3.25, "percent", "+3.25\u00a0pp"],
    [-1536, "bytes", "−1.5\u00a0KB"],
    [0, "percent", "±0\u00a0pp"],
    [2, "count", "+2"],
  ])("%d %s reads %s", (difference, unit, wanted) => {
    expect(differenceText(difference, unit, "en")).toBe(wanted);
  });

  it("has no difference where one side has no number", () =>
    expect(differenceText(null, "s", "en")).toBeNull());

  it("tells three outcomes apart", () => {
    expect(outcomeOf({ same: true, difference: 0 })).toBe("same");
    expect(outcomeOf({ same: false, difference: -2 })).toBe("value");
    expect(outcomeOf({ same: false, difference: 0 })).toBe("rows");
    expect(outcomeOf({ same: false, difference: null })).toBe("rows");
  });
});

it("numbers parameters as the SQL does", () => {
  expect(
    parameterTexts([
      { type: "text", value: "cpu.usage" },
      { type: "uuid[]", value: ["a", "b"] },
      { type: "bigint", value: null },
      { type: "jsonb", value: { zone: "a" } },
    ]),
  ).toEqual([
    ["$1", "cpu.usage"],
    ["$2", "a, b"],
    ["$3", "null"],
    ["$4", '{"zone":"a"}'],
  ]);
});

describe("how a question was read", () => {
  const window = { start: "2026-03-02T09:00:00Z", end: "2026-03-02T09:10:00Z", phrase: "last 10 minutes" };
  const metric = { kind: "metric", metric: "cpu.usage", aggregate: "max", window };

  it("names items, metrics and intervals once each", () => {
    const decision = {
      kind: "planned",
      plan: {
        intent: "value",
        entities: [{ name: "web-1" }],
        steps: [metric, metric, { kind: "items" }, { kind: "alerts", window: null }],
      },
    } as unknown as AskDecision;
    expect(readingOf(decision)).toEqual({
      intent: "value",
      items: ["web-1"],
      metrics: ["max(cpu.usage)"],
      windows: [window],
    });
  });

  it("is nothing without a plan", () => {
    expect(readingOf(null)).toBeNull();
    expect(readingOf({ kind: "direct", topic: "help" })).toBeNull();
  });
});

describe("bars", () => {
  it("are shares of the longest", () => expect(barShares([50, 100, null, -3])).toEqual([50, 100, 0, 0]));
  it("are empty when nothing is above zero", () => expect(barShares([0, null])).toEqual([0, 0]));
});

it("tells instants from other texts", () => {
  expect(["2026-03-02T09:00:00Z", "2026-03-02T09:00:00.5+09:00"].map(isInstant)).toEqual([true, true]);
  expect(["2026-03-02", "2026-99-99T09:00:00Z", 7, null].map(isInstant)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

describe("Enter", () => {
  const enter = { key: "Enter", shiftKey: false, altKey: false, ctrlKey: false, metaKey: false };

  it("asks", () => expect(asksOnKey(enter, false)).toBe(true));
  it("ends a Hangul letter without asking", () => expect(asksOnKey(enter, true)).toBe(false));
  it("breaks the line with Shift", () => expect(asksOnKey({ ...enter, shiftKey: true }, false)).toBe(false));
  it("is the only key that asks", () => expect(asksOnKey({ ...enter, key: "a" }, false)).toBe(false));
});

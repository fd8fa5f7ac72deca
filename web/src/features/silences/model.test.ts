import { describe, expect, it } from "vitest";
import {
  emptyRow,
  instantOf,
  localText,
  matchersOf,
  readMatcher,
  rowsOf,
  shownMatcher,
  timingFields,
  timingOf,
} from "./model";

describe("matchers", () => {
  it("come back from a link as they went in", () => {
    const matcher = { name: "item", op: "=~" as const, value: 'a "b"\\n|c' };
    expect(readMatcher(shownMatcher(matcher))).toEqual(matcher);
    expect(readMatcher("env!=prod")).toEqual({ name: "env", op: "!=", value: "prod" });
  });
  it("are none where nothing can be read", () => {
    expect(readMatcher("nonsense")).toBeNull();
    expect(readMatcher('a="open')).toBeNull();
    expect(readMatcher("a=")).toEqual({ name: "a", op: "=", value: "" });
  });
  it("leave out rows without a name", () => {
    const rows = rowsOf([{ name: " a ", op: "=", value: "1" }]);
    expect(matchersOf([...rows, emptyRow(rows)])).toEqual([{ name: "a", op: "=", value: "1" }]);
    expect(rowsOf([])).toHaveLength(1);
  });
});

describe("times", () => {
  const now = new Date("2026-03-02T09:00:00Z");
  it("keep their instant through the field", () => expect(instantOf(localText(now))).toBe(now.toISOString()));
  it("are none while nothing is typed", () => expect(instantOf("")).toBeNull());
  it("come back from the form as they went in", () => {
    const again = { type: "recurring" as const, cron: "0 3 * * 0", zone: "Asia/Seoul", duration_s: 5400 };
    expect(timingOf(timingFields(again, now, "UTC"))).toEqual(again);
    const once = {
      type: "once" as const,
      starts_at: now.toISOString(),
      ends_at: "2026-03-02T10:00:00.000Z",
    };
    expect(timingOf(timingFields(once, now, "UTC"))).toEqual(once);
    expect(timingOf({ ...timingFields(undefined, now, "UTC"), minutes: 0 })).toBeNull();
  });
});

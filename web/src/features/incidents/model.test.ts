import { describe, expect, it } from "vitest";
import { centerOf, countOf, edgesOf, minutesUntil, readView } from "./model";

const item = (id: string, alerts: number) => ({
  id,
  name: id,
  display_name: {},
  type: "host",
  alerts,
  severity: null,
});

describe("incidents", () => {
  it("counts what a view holds, and falls back to what is going on", () => {
    expect(countOf("current", { open: 2, acknowledged: 1, resolved: 9 })).toBe(3);
    expect(countOf("resolved", {})).toBe(0);
    expect(readView("nonsense")).toBe("current");
    expect(readView("resolved")).toBe("resolved");
  });

  it("draws from the item with most alerts, and leaves out what leads away", () => {
    const items = [item("a", 1), item("b", 3), item("c", 0)];
    const relations = [
      { source_id: "a", target_id: "c", type: "RUNS_ON" },
      { source_id: "a", target_id: "elsewhere", type: "RUNS_ON" },
    ];
    expect(centerOf(items)).toBe(1);
    expect(centerOf([])).toBe(0);
    expect(edgesOf({ items, relations })).toEqual([{ source: 0, target: 2, type: "RUNS_ON" }]);
  });

  it("rounds up to the minute in which something is due", () => {
    const now = new Date("2026-03-02T09:00:00Z");
    expect(minutesUntil("2026-03-02T09:00:30Z", now)).toBe(1);
    expect(minutesUntil("2026-03-02T08:58:00Z", now)).toBe(-2);
  });
});

import { describe, expect, it } from "vitest";
import type { AskPlan } from "@/lib/api/types";
import { factsOf, instantOf, localText, planFrom, windowsOf, withStep, withWindow } from "./plan";

const today = {
  start: "2026-03-02T00:00:00Z",
  end: "2026-03-03T00:00:00Z",
  zone: "UTC",
  phrase: "today",
  assumed: true,
};
const before = { ...today, start: "2026-03-01T00:00:00Z", end: "2026-03-02T00:00:00Z", phrase: "yesterday" };
const plan = {
  language: "en",
  intent: "compare",
  zone: "UTC",
  steps: [
    {
      kind: "metric",
      id: "s1",
      metric: "cpu.usage",
      window: today,
      aggregate: "avg",
      limit: 10,
      item_ids: [],
    },
    { kind: "metric", id: "s2", metric: "cpu.usage", window: before, aggregate: "avg" },
    { kind: "events", id: "s3", window: { ...today }, types: ["change."] },
    { kind: "compare", id: "s4", left: "s1", right: "s2", left_name: "a", right_name: "b" },
  ],
} as unknown as AskPlan;

describe("a plan that is changed by hand", () => {
  it("changes one step and no other", () => {
    const changed = withStep(plan, "s1", { aggregate: "max" });
    expect(changed.steps[0]).toMatchObject({ aggregate: "max", metric: "cpu.usage", limit: 10 });
    expect(changed.steps.slice(1)).toEqual(plan.steps.slice(1));
  });

  it("moves every step of an interval together, and that interval only", () => {
    const moved = withWindow(plan, today, { ...today, end: "2026-03-02T12:00:00Z" });
    expect(windowsOf(plan)).toHaveLength(2);
    expect(windowsOf(moved).map(({ end }) => end)).toEqual(["2026-03-02T12:00:00Z", "2026-03-02T00:00:00Z"]);
    expect(windowsOf(moved)[0]).toMatchObject({ phrase: "", assumed: false });
  });

  it("is read back from its JSON", () => {
    expect(planFrom(JSON.stringify(plan))).toEqual({ plan });
    expect(planFrom('{"steps": 1}')).toEqual({ problem: "steps" });
    expect(planFrom("{")).toHaveProperty("problem");
  });

  it("shows what a step says beside its usual fields", () => {
    const [first, , events] = plan.steps;
    expect(first && factsOf(first)).toEqual([
      ["metric", "cpu.usage"],
      ["aggregate", "avg"],
    ]);
    expect(events && factsOf(events)).toEqual([["types", "change."]]);
  });

  it("keeps an instant through a field of date and time", () => {
    expect(instantOf(localText("2026-03-02T09:10:11Z"))).toBe("2026-03-02T09:10:11.000Z");
    expect(instantOf("")).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { dollars, shareOf, standingOf, usedOf } from "./model";

const budget = {
  day: "2026-03-02",
  tokens: 900,
  held_tokens: 50,
  cost: 0.5,
  held_cost: 0,
  tokens_per_day: 1000,
  cost_per_day: null,
};

describe("the budget", () => {
  it("shows the limits that there are, with what is held", () => {
    expect(usedOf(budget)).toEqual([{ id: "tokens", used: 900, held: 50, allowed: 1000 }]);
    expect(usedOf({ ...budget, cost_per_day: 2 }).map(({ id }) => id)).toEqual(["tokens", "cost"]);
  });
  it("is full where nothing is allowed and never more than full", () => {
    expect(shareOf({ used: 900, held: 50, allowed: 1000 })).toBe(0.95);
    expect(shareOf({ used: 0, held: 0, allowed: 0 })).toBe(1);
    expect(shareOf({ used: 5, held: 0, allowed: 1 })).toBe(1);
  });
});

it.each([
  [{ fault: "gone", state: "closed" as const }, "fault"],
  [{ fault: null, state: "open" as const }, "open"],
  [{ fault: null, state: null }, "unasked"],
])("tells how a model stands", (model, standing) => expect(standingOf(model)).toBe(standing));

it.each([
  [null, "–"],
  [0, "$0.00"],
  [0.00021, "$0.00021"],
  [12.5, "$12.50"],
])("writes %s as money", (cost, text) => expect(dollars(cost, "en")).toBe(text));

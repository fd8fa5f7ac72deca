import { describe, expect, it } from "vitest";
import {
  aboutOf,
  countOf,
  factsOf,
  proofText,
  readView,
  sharedMatchers,
  toneOf,
  viewNames,
  views,
} from "./alerts";

describe("views", () => {
  it("reads a view from the address and falls back to the open ones", () => {
    expect(readView("resolved")).toBe("resolved");
    expect(readView("everything")).toBe("open");
    expect(readView(undefined)).toBe("open");
    expect(readView(7)).toBe("open");
  });

  it("counts the states a view stands for", () => {
    expect(countOf("open", { firing: 2, acknowledged: 1, resolved: 40 })).toBe(3);
    expect(countOf("resolved", { resolved: 4, expired: 1 })).toBe(5);
    expect(countOf("pending", {})).toBe(0);
  });

  it("gives every state of every view a tone", () => {
    for (const name of viewNames) for (const state of views[name]) expect(toneOf(state)).toBeTruthy();
  });
});

describe("proof", () => {
  it("shows deciding facts with their values", () => {
    const proof = { facts: [{ ref: "sample:1", time: "2026-03-02T09:00:00Z", values: { value: 93.5 } }] };
    expect(factsOf(proof)).toEqual([{ time: "2026-03-02T09:00:00Z", text: "value = 93.5" }]);
  });

  it("shortens what a float drags along", () => {
    const proof = { facts: [{ time: "t", values: { value: 98.10379241516641 } }] };
    expect(factsOf(proof)[0]?.text).toBe("value = 98.1038");
  });

  it("leaves out what it does not understand", () => {
    expect(factsOf({})).toEqual([]);
    expect(factsOf({ facts: [null, { time: 3 }, { time: "t", values: null }] })).toEqual([]);
  });

  it("reads texts and numbers only", () => {
    expect(proofText({ condition: "value > 90" }, "condition")).toBe("value > 90");
    expect(proofText({ for_s: 30 }, "for_s")).toBe("30");
    expect(proofText({ condition: "" }, "condition")).toBeNull();
    expect(proofText({}, "condition")).toBeNull();
  });
});

describe("aboutOf", () => {
  it("begins with the item", () =>
    expect(aboutOf({ labels: { core: "0", item: "web-1" }, item_id: "7" })).toEqual([
      ["item", "web-1"],
      ["core", "0"],
    ]));
  it("names the item by its id where no label does", () => {
    expect(aboutOf({ labels: { severity: "error" }, item_id: "7" })[0]).toEqual(["item", "7"]);
    expect(aboutOf({ labels: {}, item_id: null })).toEqual([]);
  });
});

it("finds what alerts have in common", () => {
  const one = { rule_name: "CPU", labels: { item: "a", env: "prod" } };
  const other = { rule_name: "CPU", labels: { item: "b", env: "prod" } };
  expect(sharedMatchers([one, other])).toEqual(['alertname="CPU"', 'env="prod"']);
  expect(sharedMatchers([one])).toContain('item="a"');
  expect(sharedMatchers([])).toEqual([]);
});

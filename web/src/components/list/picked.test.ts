import { describe, expect, it } from "vitest";
import { nothingPicked, present, toggled } from "./picked";

const order = ["a", "b", "c", "d", "e"];
const pick = (...steps: [string, boolean][]) =>
  steps.reduce((picked, [id, range]) => toggled(picked, order, id, range), nothingPicked);

describe("toggled", () => {
  it("ticks and unticks", () => {
    expect(present(pick(["b", false]), order)).toEqual(["b"]);
    expect(present(pick(["b", false], ["b", false]), order)).toEqual([]);
  });
  it("takes a range in either direction", () => {
    expect(present(pick(["b", false], ["d", true]), order)).toEqual(["b", "c", "d"]);
    expect(present(pick(["d", false], ["b", true]), order)).toEqual(["b", "c", "d"]);
  });
  it("begins a range where the last tick was", () =>
    expect(present(pick(["a", false], ["c", false], ["d", true]), order)).toEqual(["a", "c", "d"]));
  it("takes one row where no range can begin", () => {
    expect(present(pick(["c", true]), order)).toEqual(["c"]);
    const gone = { ids: new Set(["x"]), anchor: "x" };
    expect(present(toggled(gone, order, "c", true), order)).toEqual(["c"]);
  });
});

it("acts on nothing that is out of sight", () =>
  expect(present({ ids: new Set(["a", "x"]), anchor: "x" }, order)).toEqual(["a"]));

import { describe, expect, it } from "vitest";
import { layout } from "./layout";

describe("the graph's layout", () => {
  const edge = (source: number, target: number) => ({ source, target });
  it("puts users to the left and what is used to the right, by distance", () => {
    // 3 uses 1, which uses 0; 0 uses 2, which uses 4.
    const places = layout(5, [edge(1, 0), edge(0, 2), edge(2, 4), edge(3, 1)], 0);
    const columns = places.map(({ x }) => Math.sign(x) * Math.round(Math.abs(x) / 290));
    expect(columns).toEqual([0, -1, 1, -2, 2]);
  });
  it("puts no two nodes on one place, in a cycle and beside the way too", () => {
    const edges = [edge(0, 1), edge(1, 2), edge(2, 0), edge(3, 1), edge(4, 3), edge(0, 0)];
    const places = layout(6, edges, 0).map(({ x, y }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(6);
  });
  it("takes two thousand nodes around a hub", () => {
    const edges = Array.from({ length: 2000 }, (_, index) => edge(index + 1, 0));
    expect(new Set(layout(2001, edges, 0).map(({ y }) => y)).size).toBeGreaterThanOrEqual(2000);
  });
});

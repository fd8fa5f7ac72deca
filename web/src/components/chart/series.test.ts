import { describe, expect, it } from "vitest";
import { align, type Line, summarize, valueRange, withGaps } from "./series";

const t = (seconds: number) => new Date(seconds * 1000).toISOString();
const line = (name: string, points: [number, number | null][]): Line => ({
  name,
  unit: "percent",
  points: points.map(([time, value]) => [t(time), value]),
});

describe("align", () => {
  it("joins lines with different times", () =>
    expect(
      align([
        line("a", [
          [0, 1],
          [10, 2],
        ]),
        line("b", [
          [5, 3],
          [10, 4],
        ]),
      ]),
    ).toEqual([
      [0, 5, 10],
      [1, null, 2],
      [null, 3, 4],
    ]));
  it("sorts what came out of order", () =>
    expect(
      align([
        line("a", [
          [10, 2],
          [0, 1],
        ]),
      ]),
    ).toEqual([
      [0, 10],
      [1, 2],
    ]));
  it("drops times it cannot read", () =>
    expect(
      align([
        {
          name: "a",
          unit: "",
          points: [
            ["never", 1],
            [t(1), 2],
          ],
        },
      ]),
    ).toEqual([[1], [2]]));
  it("is empty for nothing", () => expect(align([])).toEqual([[]]));
});

describe("withGaps", () => {
  it("cuts the line where samples are missing", () =>
    expect(
      withGaps(
        [
          [0, 5, 10, 60, 65],
          [1, 2, 3, 4, 5],
        ],
        5,
      ),
    ).toEqual([
      [0, 5, 10, 15, 60, 65],
      [1, 2, 3, null, 4, 5],
    ]));
  it("leaves a whole line alone", () => {
    const data: [number[], (number | null)[]] = [
      [0, 5, 10],
      [1, 2, 3],
    ];
    expect(withGaps(data, 5)).toBe(data);
  });
  it("forgives one late sample", () =>
    expect(
      withGaps(
        [
          [0, 5, 17],
          [1, 2, 3],
        ],
        5,
      )[0],
    ).toEqual([0, 5, 17]));
});

describe("summarize", () => {
  it("ignores missing values", () =>
    expect(
      summarize(
        line("a", [
          [0, 2],
          [1, null],
          [2, 4],
        ]).points,
      ),
    ).toEqual({ last: 4, min: 2, max: 4, mean: 3 }));
  it("knows nothing of nothing", () =>
    expect(summarize([])).toEqual({ last: null, min: null, max: null, mean: null }));
});

describe("valueRange", () => {
  it("keeps percentages on their scale", () => expect(valueRange("percent", 3)).toEqual([0, 100]));
  it("leaves air above", () => expect(valueRange("bytes", 100)[1]).toBeCloseTo(110));
  it.each([null, 0])("stands on one when there is nothing to see (%s)", (max) =>
    expect(valueRange("bytes", max)).toEqual([0, 1]),
  );
});

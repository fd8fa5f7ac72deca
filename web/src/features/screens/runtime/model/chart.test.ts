import { expect, it } from "vitest";
import type { Palette } from "@/components/chart/palette";
import { optionOf } from "./chart";
import { type Drawn, linesOf } from "./chart-lines";

const palette = {
  ok: "#0a0",
  warn: "#fa0",
  critical: "#f00",
  accent: "#00f",
  series: ["#111", "#222"],
} as Palette;
const axis = { unit: "%", minimum: null, maximum: null };
const base: Drawn = {
  style: "line",
  x: "time",
  y: null,
  series: [],
  split: null,
  left: axis,
  right: null,
  stacked: false,
  zoom: false,
  thresholds: [],
};
const rows = [
  { time: "2026-11-23T00:00:00Z", value: 1, host: "a" },
  { time: "2026-11-23T00:01:00Z", value: null, host: "a" },
  { time: "2026-11-23T00:00:00Z", value: "3", host: "b" },
];
type Series = { type: string; data: unknown[]; markLine?: unknown; stack?: string }[];
const seriesOf = (drawn: Drawn, given = rows as Record<string, unknown>[]) =>
  optionOf(drawn, given, palette, "CPU")["series"] as Series;

it("makes a line of each value of a field, with gaps as gaps", () => {
  const lines = linesOf({ ...base, split: "host" }, rows, palette);
  expect(lines.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(lines[0]?.points.map(([, value]) => value)).toEqual([1, null]);
  expect(lines[1]?.points).toEqual([["2026-11-23T00:00:00Z", 3]]);
});

it("draws times to scale and marks thresholds once", () => {
  const drawn: Drawn = {
    ...base,
    split: "host",
    thresholds: [{ value: 2, label: "high", tone: "critical" }],
  };
  const series = seriesOf(drawn);
  expect(series[0]?.data[0]).toEqual([Date.parse("2026-11-23T00:00:00Z"), 1]);
  expect(series.map(({ markLine }) => markLine !== undefined)).toEqual([true, false]);
  expect(optionOf(drawn, rows, palette, "CPU")["xAxis"]).toMatchObject({ type: "time" });
});

it("draws parts of a whole, a needle and a field of colours", () => {
  const shares = [
    { time: "a", value: 3 },
    { time: "b", value: null },
    { time: "c", value: 1 },
  ];
  expect(seriesOf({ ...base, style: "pie" }, shares)[0]?.data).toHaveLength(2);
  expect(seriesOf({ ...base, style: "gauge" }, shares)[0]?.data).toEqual([{ value: 1 }]);
  expect(seriesOf({ ...base, style: "gauge" }, [])[0]?.data).toEqual([]);
  const cells = [
    { x: "mon", y: "1", value: 4 },
    { x: "tue", y: "2", value: 5 },
  ];
  expect(seriesOf({ ...base, style: "heatmap", x: "x", y: "y" }, cells)[0]?.data).toEqual([
    [0, 0, 4],
    [1, 1, 5],
  ]);
});

it("puts points at numbers, bars at names, and stacks by axis", () => {
  expect(seriesOf({ ...base, style: "scatter" }, [{ time: 5, value: 1 }])[0]?.data).toEqual([[5, 1]]);
  const bars = seriesOf({ ...base, style: "bar", stacked: true }, [{ time: "web", value: 1 }])[0];
  expect([bars?.type, bars?.stack, bars?.data]).toEqual(["bar", "left", [["web", 1]]]);
});

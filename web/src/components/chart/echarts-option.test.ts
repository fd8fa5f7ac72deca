import { describe, expect, it } from "vitest";
import { chartOption, type OptionInput } from "./echarts-option";
import { alpha, type Palette } from "./palette";

const palette: Palette = {
  text: "#111111",
  dim: "#222222",
  grid: "#333333",
  border: "#444444",
  surface: "#555555",
  raised: "#666666",
  accent: "#0000ff",
  critical: "#ff0000",
  warn: "#aa6600",
  ok: "#00aa00",
  font: "Sans",
  series: ["#123456", "#654321"],
};
const input = (extra: Partial<OptionInput> = {}): OptionInput => ({
  lines: [
    {
      name: "web-1",
      unit: "percent",
      points: [
        ["2026-01-01T00:00:00Z", 5],
        ["2026-01-01T00:00:05Z", null],
      ],
    },
  ],
  kind: "line",
  palette,
  language: "en",
  label: "CPU",
  selectable: false,
  ...extra,
});
interface Shape {
  series: { data: unknown[]; connectNulls: boolean; markLine?: { data: Record<string, unknown>[] } }[];
  legend: { show: boolean };
  yAxis: { min: number; max?: number };
  brush?: object;
}
const option = (extra: Partial<OptionInput> = {}) => chartOption(input(extra)) as unknown as Shape;

describe("chartOption", () => {
  it("keeps a missing value missing, so that the gap shows", () => {
    const { series } = option();
    expect(series[0]?.data[1]).toEqual([Date.parse("2026-01-01T00:00:05Z"), null]);
    expect(series[0]?.connectNulls).toBe(false);
  });
  it("keeps percentages on 0–100", () => expect(option().yAxis).toMatchObject({ min: 0, max: 100 }));
  it("shows a legend only for several lines", () => {
    expect(option().legend.show).toBe(false);
    const [line] = input().lines;
    expect(option({ lines: line === undefined ? [] : [line, { ...line, name: "web-2" }] }).legend.show).toBe(
      true,
    );
  });
  it("draws thresholds and markers as labelled lines", () => {
    const marks = option({
      thresholds: [{ value: 90, label: "90%" }],
      markers: [{ at: "2026-01-01T00:00:03Z", label: "deploy", tone: "accent" }],
    }).series[0]?.markLine?.data;
    expect(marks).toMatchObject([
      { yAxis: 90, label: { position: "insideEndTop" } },
      { lineStyle: { color: "#0000ff" } },
    ]);
  });
  it("has no mark line when there is nothing to mark", () =>
    expect(option().series[0]?.markLine).toBeUndefined());
  it("can be dragged over only where a range can be chosen", () => {
    expect(option().brush).toBeUndefined();
    expect(option({ selectable: true }).brush).toBeDefined();
  });
});

it("adds an alpha to a token's colour", () => {
  expect(alpha("#102030", 0.5)).toBe("#10203080");
  expect(alpha("#102030", 0)).toBe("#10203000");
  expect(alpha("#102030", 2)).toBe("#102030ff");
});

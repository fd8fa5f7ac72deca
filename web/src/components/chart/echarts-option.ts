import type { EChartsCoreOption } from "echarts/core";
import { showText } from "@/lib/format/numbers";
import { dateTime } from "@/lib/format/times";
import { alpha, type Palette } from "./palette";
import { type Line, summarize, valueRange } from "./series";

export interface Threshold {
  value: number;
  label: string;
}

/** A change, an alert, a deployment: a thin line at an instant. */
export interface Marker {
  at: string;
  label: string;
  tone: "critical" | "warn" | "accent";
}

export interface OptionInput {
  lines: readonly Line[];
  kind: "line" | "bar";
  palette: Palette;
  language: string;
  label: string;
  thresholds?: readonly Threshold[] | undefined;
  markers?: readonly Marker[] | undefined;
  selectable: boolean;
}

function marks({ thresholds = [], markers = [], palette }: OptionInput) {
  const levels = thresholds.map(({ value, label }) => ({
    yAxis: value,
    lineStyle: { color: palette.critical, type: "dashed" },
    label: { formatter: label, position: "insideEndTop", color: palette.critical },
  }));
  const moments = markers.map(({ at, label, tone }) => ({
    xAxis: Date.parse(at),
    lineStyle: { color: palette[tone], type: "solid" },
    label: { formatter: label, position: "insideEndTop", color: palette[tone] },
  }));
  if (levels.length + moments.length === 0) return undefined;
  return { silent: true, symbol: "none", animation: false, data: [...levels, ...moments] };
}

function series(input: OptionInput) {
  const { lines, kind, palette } = input;
  return lines.map((line, index) => {
    const color = palette.series[index % palette.series.length] ?? palette.accent;
    return {
      type: kind,
      name: line.name,
      data: line.points.map(([time, value]) => [Date.parse(time), value]),
      showSymbol: line.points.length === 1,
      connectNulls: false,
      sampling: "lttb",
      color,
      lineStyle: { width: 1.6, color },
      ...(lines.length === 1 && kind === "line" ? { areaStyle: { color: alpha(color, 0.1) } } : {}),
      ...(index === 0 ? { markLine: marks(input) } : {}),
    };
  });
}

function tooltip({ palette, language, lines }: OptionInput) {
  const unit = lines[0]?.unit ?? "";
  return {
    trigger: "axis",
    confine: true,
    renderMode: "richText",
    backgroundColor: palette.raised,
    borderColor: palette.border,
    textStyle: { color: palette.text, fontFamily: palette.font, fontSize: 12 },
    axisPointer: { lineStyle: { color: palette.dim }, label: { show: false } },
    valueFormatter: (value: unknown) => showText(typeof value === "number" ? value : null, unit, language),
  };
}

/** The whole option for a time chart, from data and tokens alone. */
export function chartOption(input: OptionInput): EChartsCoreOption {
  const { lines, palette, language, label, selectable } = input;
  const unit = lines[0]?.unit ?? "";
  const highest = Math.max(0, ...lines.map((line) => summarize(line.points).max ?? 0));
  const [min, max] = valueRange(unit, highest);
  const text = { color: palette.dim, fontFamily: palette.font, fontSize: 12 };
  return {
    animation: false,
    aria: {
      enabled: true,
      description: `${label}, ${dateTime(new Date(lines[0]?.points[0]?.[0] ?? 0), language)}`,
    },
    textStyle: { fontFamily: palette.font },
    grid: { left: 8, right: 12, top: lines.length > 1 ? 30 : 14, bottom: 4, containLabel: true },
    legend: {
      show: lines.length > 1,
      top: 0,
      left: 0,
      icon: "roundRect",
      itemWidth: 10,
      itemHeight: 3,
      textStyle: text,
    },
    tooltip: tooltip(input),
    xAxis: {
      type: "time",
      axisLabel: text,
      axisLine: { lineStyle: { color: palette.border } },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      min,
      max: unit === "percent" ? max : undefined,
      axisLabel: { ...text, formatter: (value: number) => showText(value, unit, language) },
      splitLine: { lineStyle: { color: palette.grid } },
    },
    ...(selectable
      ? {
          brush: {
            xAxisIndex: 0,
            toolbox: [],
            brushStyle: { color: alpha(palette.accent, 0.16), borderWidth: 0 },
          },
        }
      : {}),
    series: series(input),
  };
}

/** Charts with axes: lines, areas, bars and points. Pure. */
import type { EChartsCoreOption } from "echarts/core";
import type { Palette } from "@/components/chart/palette";
import { type AxisOf, type Drawn, type Line, numberOf } from "./chart-lines";

function axisOption({ unit, minimum, maximum }: AxisOf, palette: Palette) {
  return {
    type: "value",
    name: unit,
    ...(minimum === null ? {} : { min: minimum }),
    ...(maximum === null ? {} : { max: maximum }),
    axisLabel: { color: palette.dim },
    nameTextStyle: { color: palette.dim },
    splitLine: { lineStyle: { color: palette.grid } },
  };
}

type Scale = "time" | "value" | "category";

/** How the horizontal axis is drawn: to scale where it can be. */
function scaleOf(drawn: Drawn, lines: readonly Line[], times: boolean): Scale {
  if (times) return "time";
  const all = lines.flatMap(({ points }) => points);
  return drawn.style === "scatter" && all.every(([x]) => numberOf(x) !== null) ? "value" : "category";
}

function seriesOption(drawn: Drawn, line: Line, scale: Scale) {
  const place = (x: string | number) =>
    scale === "time" ? Date.parse(String(x)) : scale === "value" ? Number(x) : x;
  const isScatter = drawn.style === "scatter";
  return {
    type: isScatter || drawn.style === "bar" ? drawn.style : "line",
    name: line.name,
    data: line.points.map(([x, value]) => [place(x), value]),
    yAxisIndex: line.axis === "right" && drawn.right !== null ? 1 : 0,
    color: line.color,
    connectNulls: false,
    showSymbol: isScatter || line.points.length === 1,
    ...(drawn.stacked ? { stack: line.axis } : {}),
    ...(drawn.style === "area" ? { areaStyle: { opacity: 0.15 } } : {}),
  };
}

function marksOf(drawn: Drawn, palette: Palette) {
  const data = drawn.thresholds.map(({ value, label, tone }) => ({
    yAxis: value,
    lineStyle: { color: tone === "critical" ? palette.critical : palette.warn, type: "dashed" },
    label: { formatter: label, position: "insideEndTop", color: palette.text },
  }));
  return data.length === 0 ? {} : { markLine: { silent: true, symbol: "none", animation: false, data } };
}

export function plotted(
  drawn: Drawn,
  lines: readonly Line[],
  times: boolean,
  palette: Palette,
): EChartsCoreOption {
  const scale = scaleOf(drawn, lines, times);
  const marks = marksOf(drawn, palette);
  const axes = [drawn.left, ...(drawn.right === null ? [] : [drawn.right])];
  const below = (drawn.zoom ? 26 : 0) + (lines.length > 1 ? 22 : 0);
  return {
    grid: { left: 8, right: 12, top: 28, bottom: 8 + below, containLabel: true },
    legend: {
      show: lines.length > 1,
      bottom: drawn.zoom ? 26 : 0,
      type: "scroll",
      textStyle: { color: palette.dim },
    },
    tooltip: {
      trigger: drawn.style === "scatter" ? "item" : "axis",
      backgroundColor: palette.raised,
      borderColor: palette.border,
      textStyle: { color: palette.text },
    },
    xAxis: {
      type: scale,
      axisLabel: { color: palette.dim },
      axisLine: { lineStyle: { color: palette.border } },
      splitLine: { show: false },
    },
    yAxis: axes.map((axis) => axisOption(axis, palette)),
    ...(drawn.zoom ? { dataZoom: [{ type: "inside" }, { type: "slider", height: 18, bottom: 4 }] } : {}),
    series: lines.map((line, at) => ({ ...seriesOption(drawn, line, scale), ...(at === 0 ? marks : {}) })),
  };
}

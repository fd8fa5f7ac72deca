/** What ECharts is told to draw. Pure. */
import type { EChartsCoreOption } from "echarts/core";
import type { Palette } from "@/components/chart/palette";
import { type Drawn, isTimes, type Line, linesOf, numberOf } from "./chart-lines";
import { plotted } from "./chart-plot";
import { fieldOf, type Row } from "./table";
import { asText } from "./template";

export function optionOf(
  drawn: Drawn,
  rows: readonly Row[],
  palette: Palette,
  label: string,
): EChartsCoreOption {
  const base = {
    animation: false,
    textStyle: { fontFamily: palette.font, color: palette.text },
    aria: { enabled: true, label: { description: label } },
    tooltip: {
      backgroundColor: palette.raised,
      borderColor: palette.border,
      textStyle: { color: palette.text },
    },
  };
  const lines = linesOf(drawn, rows, palette);
  switch (drawn.style) {
    case "pie":
      return { ...base, series: [pie(lines[0], palette)] };
    case "gauge":
      return { ...base, series: [gauge(drawn, lines[0], palette)] };
    case "heatmap":
      return { ...base, ...heatmap(drawn, rows, palette) };
    default:
      return { ...base, ...plotted(drawn, lines, isTimes(rows, drawn.x), palette) };
  }
}

function pie(line: Line | undefined, palette: Palette) {
  const points = (line?.points ?? []).filter(([, value]) => value !== null && value >= 0);
  return {
    type: "pie",
    radius: ["45%", "75%"],
    label: { color: palette.text },
    data: points.map(([name, value], at) => ({
      name: String(name),
      value,
      itemStyle: { color: palette.series[at % palette.series.length] },
    })),
  };
}

function gauge(drawn: Drawn, line: Line | undefined, palette: Palette) {
  const value = line?.points.at(-1)?.[1] ?? null;
  const [low, high] = [drawn.left.minimum ?? 0, drawn.left.maximum ?? 100];
  const share = (at: number) => Math.min(1, Math.max(0, (at - low) / (high - low || 1)));
  const steps = drawn.thresholds.toSorted((a, b) => a.value - b.value);
  const colours = [
    palette.ok,
    ...steps.map(({ tone }) => (tone === "critical" ? palette.critical : palette.warn)),
  ];
  const ends = [...steps.map((step) => share(step.value)), 1];
  return {
    type: "gauge",
    min: low,
    max: high,
    axisLine: {
      lineStyle: { width: 10, color: ends.map((end, at) => [end, colours[at] ?? palette.accent]) },
    },
    axisLabel: { color: palette.dim },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: palette.border } },
    pointer: { itemStyle: { color: palette.text } },
    detail: {
      color: palette.text,
      fontSize: 20,
      formatter: value === null ? "–" : `${rounded(value)}${drawn.left.unit}`,
    },
    data: value === null ? [] : [{ value }],
  };
}

/** As many digits as a needle can show. */
function rounded(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

function heatmap(drawn: Drawn, rows: readonly Row[], palette: Palette): EChartsCoreOption {
  const field = drawn.series[0]?.field ?? "value";
  const xs = [...new Set(rows.map((row) => asText(fieldOf(row, drawn.x))))];
  const ys = [...new Set(rows.map((row) => asText(fieldOf(row, drawn.y ?? "y"))))];
  const [columns, lines] = [new Map(xs.map((x, at) => [x, at])), new Map(ys.map((y, at) => [y, at]))];
  const cells = rows.flatMap((row) => {
    const value = numberOf(fieldOf(row, field));
    return value === null
      ? []
      : [
          [
            columns.get(asText(fieldOf(row, drawn.x))),
            lines.get(asText(fieldOf(row, drawn.y ?? "y"))),
            value,
          ],
        ];
  });
  const values = cells.map((cell) => Number(cell[2]));
  return {
    grid: { left: 8, right: 12, top: 12, bottom: 48, containLabel: true },
    xAxis: { type: "category", data: xs, axisLabel: { color: palette.dim } },
    yAxis: { type: "category", data: ys, axisLabel: { color: palette.dim } },
    visualMap: {
      min: drawn.left.minimum ?? Math.min(0, ...values),
      max: drawn.left.maximum ?? Math.max(1, ...values),
      orient: "horizontal",
      left: "center",
      bottom: 0,
      textStyle: { color: palette.dim },
      inRange: { color: [palette.surface, palette.accent] },
    },
    series: [{ type: "heatmap", data: cells }],
  };
}

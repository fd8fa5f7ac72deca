import uPlot from "uplot";
import { showText } from "@/lib/format/numbers";
import { clock } from "@/lib/format/times";
import { alpha, type Palette } from "./palette";
import { valueRange } from "./series";

export interface LiveOptions {
  names: readonly string[];
  unit: string;
  palette: Palette;
  language: string;
  /** Seconds; the window stays still while points come in. */
  span: [number, number] | null;
  /** Bare: no axes, no legend, no cursor. */
  spark: boolean;
  thresholds: readonly { value: number; label: string }[];
  /** Charts with the same key share their crosshair. */
  sync: string | undefined;
  onSelect: ((from: Date, to: Date) => void) | undefined;
}

function axis(palette: Palette, extra: Partial<uPlot.Axis>): uPlot.Axis {
  return {
    stroke: palette.dim,
    font: `11px ${palette.font}`,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { show: false, size: 0 },
    gap: 4,
    ...extra,
  };
}

/** Round steps of an axis in bytes are powers of two: 64 MB, not 61.4. */
const byteSteps = Array.from({ length: 50 }, (_, power) => 2 ** power);

function axes({ palette, unit, language }: LiveOptions): uPlot.Axis[] {
  const timeLabel = (seconds: number) => clock(new Date(seconds * 1000), language).slice(0, 5);
  return [
    axis(palette, {
      size: 24,
      space: 70,
      grid: { show: false },
      values: (_, splits) => splits.map(timeLabel),
    }),
    axis(palette, {
      ...(unit.startsWith("bytes") ? { incrs: byteSteps } : {}),
      size: 60,
      space: 32,
      values: (_, splits) => splits.map((value) => showText(value, unit, language)),
    }),
  ];
}

/** Two or three samples are drawn as dots too: one that stands alone would be no line at all. */
function isSparse(plot: uPlot, series: number): boolean {
  let count = 0;
  for (const value of plot.data[series] ?? []) if (value !== null && value !== undefined) count += 1;
  return count <= 3;
}

function lines({ names, palette, spark }: LiveOptions): uPlot.Series[] {
  return names.map((label, index) => {
    const stroke = palette.series[index % palette.series.length] ?? palette.accent;
    const fill = names.length === 1 ? alpha(stroke, spark ? 0.14 : 0.1) : undefined;
    return {
      label,
      stroke,
      fill,
      width: 1.5,
      points: { show: spark ? false : isSparse, size: 5 },
      spanGaps: false,
    };
  });
}

/** Thresholds as labelled lines, inside the plot at its right end. */
function drawThresholds(options: LiveOptions): (plot: uPlot) => void {
  return (plot) => {
    const { ctx, bbox } = plot;
    for (const { value, label } of options.thresholds) {
      const y = Math.round(plot.valToPos(value, "y", true));
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      ctx.save();
      ctx.strokeStyle = options.palette.critical;
      ctx.fillStyle = options.palette.critical;
      ctx.setLineDash([5, 4]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      ctx.font = `${11 * uPlot.pxRatio}px ${options.palette.font}`;
      ctx.textAlign = "right";
      ctx.fillText(label, bbox.left + bbox.width - 4, y - 4);
      ctx.restore();
    }
  };
}

function select(options: LiveOptions): (plot: uPlot) => void {
  return (plot) => {
    const { left, width } = plot.select;
    if (width < 6 || options.onSelect === undefined) return;
    const from = new Date(plot.posToVal(left, "x") * 1000);
    const to = new Date(plot.posToVal(left + width, "x") * 1000);
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    options.onSelect(from, to);
  };
}

export function liveOptions(options: LiveOptions, width: number, height: number): uPlot.Options {
  const { spark, sync, unit, span } = options;
  return {
    width,
    height,
    padding: spark ? [2, 0, 2, 0] : [8, 8, 0, 0],
    legend: { show: false },
    cursor: {
      show: !spark,
      drag: { x: options.onSelect !== undefined, y: false, setScale: false },
      points: { size: 6 },
      ...(sync === undefined ? {} : { sync: { key: sync } }),
    },
    scales: {
      x: { time: true, ...(span === null ? {} : { range: () => span }) },
      y: { range: (_, _min, max) => valueRange(unit, max) },
    },
    axes: spark ? [{ show: false }, { show: false }] : axes(options),
    series: [{}, ...lines(options)],
    hooks: { draw: [drawThresholds(options)], setSelect: [select(options)] },
  };
}

import { useComputedColorScheme } from "@mantine/core";
import { BarChart, LineChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useMemo, useRef } from "react";
import { readPalette } from "@/components/chart/palette";
import styles from "../data.module.css";
import { optionOf } from "../model/chart";
import type { Drawn } from "../model/chart-lines";
import { usePage } from "../page";
import type { Of } from "../types";
import { inLanguage, useBound, useRows, useWords } from "../use-bound";
import { Nothing, Problem } from "./containers";

echarts.use([
  BarChart, LineChart, AriaComponent, GridComponent,
  LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer,
]); // biome-ignore format: one block

/** Loaded only when one is shown. */
const rare: readonly string[] = ["pie", "gauge", "heatmap", "scatter"];

const axisOf = (axis: Of<"chart">["left"] | null | undefined) => ({
  unit: axis?.unit ?? "",
  minimum: axis?.minimum ?? null,
  maximum: axis?.maximum ?? null,
});

function useDrawn(node: Of<"chart">): Drawn {
  const { language } = usePage();
  const thresholds = useBound((node.thresholds ?? []).map(({ value }) => value)).value as
    | unknown[]
    | undefined;
  return useMemo(
    () => ({
      style: node.style ?? "line",
      x: node.x ?? "time",
      y: node.y ?? null,
      series: (node.series ?? []).map(({ name, field, axis, tone }) => ({
        name: inLanguage(name, language),
        field,
        axis: axis ?? "left",
        tone: tone ?? null,
      })),
      split: node.split ?? null,
      left: axisOf(node.left),
      right: node.right ? axisOf(node.right) : null,
      stacked: node.stacked ?? false,
      zoom: node.zoom ?? false,
      thresholds: (node.thresholds ?? []).flatMap(({ label, tone }, at) => {
        const value = thresholds?.[at];
        return typeof value === "number"
          ? [{ value, label: inLanguage(label, language), tone: tone ?? ("warn" as const) }]
          : [];
      }),
    }),
    [node, language, thresholds],
  );
}

export default function ChartPart({ node }: { node: Of<"chart"> }) {
  const label = useWords(node.label);
  const { rows, ready, problem } = useRows(node.rows);
  const drawn = useDrawn(node);
  const scheme = useComputedColorScheme("light");
  const place = useRef<HTMLDivElement>(null);
  const isEmpty = ready && rows.length === 0;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    void [scheme, isEmpty]; // the colours are read anew, and the place comes and goes
    let made: echarts.ECharts | null = null;
    let gone = false;
    const watch = new ResizeObserver(() => made?.resize());
    const draw = () => {
      if (gone) return;
      // Only now: a chart knows the styles that were there when it was made.
      made = echarts.init(element);
      made.setOption(optionOf(drawn, rows, readPalette(element), label));
      watch.observe(element);
    };
    if (rare.includes(drawn.style) || drawn.zoom) void import("./rare-charts").then(draw);
    else draw();
    return () => {
      gone = true;
      watch.disconnect();
      made?.dispose();
    };
  }, [drawn, rows, label, scheme, isEmpty]);
  if (problem !== null) return <Problem text={problem} />;
  return (
    <figure className={styles.chart}>
      {label === "" ? null : <figcaption>{label}</figcaption>}
      {isEmpty ? (
        <Nothing text="" />
      ) : (
        <div ref={place} style={{ height: node.height ?? 240 }} role="img" aria-label={label} />
      )}
    </figure>
  );
}

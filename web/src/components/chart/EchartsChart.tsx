import { useComputedColorScheme } from "@mantine/core";
import { BarChart, LineChart } from "echarts/charts";
import {
  AriaComponent,
  BrushComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useEffectEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import styles from "./chart.module.css";
import { chartOption, type Marker, type Threshold } from "./echarts-option";
import { readPalette } from "./palette";
import type { Line } from "./series";

echarts.use([
  LineChart,
  BarChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  MarkLineComponent,
  MarkAreaComponent,
  DataZoomComponent,
  BrushComponent,
  AriaComponent,
  CanvasRenderer,
]);

export interface ChartProps {
  lines: readonly Line[];
  label: string;
  height: number;
  kind?: "line" | "bar";
  thresholds?: readonly Threshold[];
  markers?: readonly Marker[];
  /** Charts with the same group share their crosshair. */
  group?: string;
  onSelect?: ((from: Date, to: Date) => void) | undefined;
}

export default function EchartsChart(props: ChartProps) {
  const { lines, label, height, kind = "line", thresholds, markers, group, onSelect } = props;
  const { i18n } = useTranslation();
  const scheme = useComputedColorScheme("light");
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.ECharts | null>(null);
  const chosen = useEffectEvent((from: Date, to: Date) => onSelect?.(from, to));
  const selectable = onSelect !== undefined;

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = echarts.init(element);
    chart.current = made;
    if (group !== undefined) {
      made.group = group;
      echarts.connect(group);
    }
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(element);
    made.on("brushEnd", (event) => {
      const range = (event as { areas?: { coordRange?: [number, number] }[] }).areas?.[0]?.coordRange;
      made.dispatchAction({ type: "brush", areas: [] });
      if (range !== undefined && range[1] - range[0] > 1000) chosen(new Date(range[0]), new Date(range[1]));
    });
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, [group]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes the tokens that readPalette reads
  useEffect(() => {
    const element = place.current;
    if (element === null || chart.current === null) return;
    const palette = readPalette(element);
    chart.current.setOption(
      chartOption({ lines, kind, palette, language: i18n.language, label, thresholds, markers, selectable }),
      { notMerge: true },
    );
    if (selectable)
      chart.current.dispatchAction({
        type: "takeGlobalCursor",
        key: "brush",
        brushOption: { brushType: "lineX", brushMode: "single" },
      });
  }, [lines, kind, scheme, i18n.language, label, thresholds, markers, selectable, group]);

  return <div ref={place} className={styles.chart} style={{ height }} role="img" aria-label={label} />;
}

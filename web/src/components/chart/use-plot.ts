import { useComputedColorScheme } from "@mantine/core";
import { type RefObject, useEffect, useEffectEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import uPlot from "uplot";
import { type LiveOptions, liveOptions } from "./live-options";
import { readPalette } from "./palette";
import type { Aligned } from "./series";

/** Everything whose change means another canvas; new data does not. */
export interface PlotShape extends Pick<LiveOptions, "unit" | "spark" | "thresholds" | "sync"> {
  /** Line names, joined: a text compares by value. */
  names: string;
  from: number | null;
  to: number | null;
  width: number;
  height: number;
}

interface Listeners {
  onSelect: ((from: Date, to: Date) => void) | undefined;
  onCursor(index: number | null): void;
}

/** Keeps one uPlot in the returned place: rebuilt when its shape or the colour scheme changes, fed when its data does. */
export function usePlot(
  shape: PlotShape,
  data: Aligned,
  listeners: Listeners,
): RefObject<HTMLDivElement | null> {
  const { i18n } = useTranslation();
  const scheme = useComputedColorScheme("light");
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const selectable = listeners.onSelect !== undefined;
  const select = useEffectEvent((from: Date, to: Date) => listeners.onSelect?.(from, to));
  const point = useEffectEvent((index: number | null) => listeners.onCursor(index));
  const latest = useEffectEvent(() => data as uPlot.AlignedData);
  const { names, unit, from, to, width, height, spark, thresholds, sync } = shape;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes the tokens that readPalette reads
  useEffect(() => {
    const element = place.current;
    if (element === null || width === 0) return;
    const span: [number, number] | null = from === null || to === null ? null : [from, to];
    const options = liveOptions(
      {
        names: names.split("\u0000"),
        palette: readPalette(element),
        language: i18n.language,
        ...{ unit, span, spark, thresholds, sync },
        onSelect: selectable ? (start, end) => select(start, end) : undefined,
      },
      width,
      height,
    );
    options.hooks = { ...options.hooks, setCursor: [(self) => point(self.cursor.idx ?? null)] };
    const made = new uPlot(options, latest(), element);
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [names, unit, scheme, i18n.language, from, to, spark, thresholds, sync, selectable, width, height]);

  useEffect(() => {
    plot.current?.setData(data as uPlot.AlignedData);
  }, [data]);
  return place;
}

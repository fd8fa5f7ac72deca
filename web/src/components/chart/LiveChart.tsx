import "uplot/dist/uPlot.min.css";
import { useElementSize } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { showText } from "@/lib/format/numbers";
import { clock } from "@/lib/format/times";
import styles from "./chart.module.css";
import { align, type Line, summarize, withGaps } from "./series";
import { usePlot } from "./use-plot";

interface Props {
  lines: readonly Line[];
  /** What the chart shows, for those who cannot see it; the current values are added. */
  label: string;
  height: number;
  span?: { from: Date; to: Date } | undefined;
  /** The usual seconds between samples: a longer pause is drawn as a gap. */
  stepS?: number;
  spark?: boolean;
  thresholds?: readonly { value: number; label: string }[];
  sync?: string;
  /** Dragging over the chart chooses a time range. */
  onSelect?: ((from: Date, to: Date) => void) | undefined;
}

const noThresholds: readonly { value: number; label: string }[] = [];

/** A small live chart on a canvas (uPlot): cheap enough for a page full of them, redrawn at each tick. */
export function LiveChart(props: Props) {
  const {
    lines,
    label,
    height,
    span,
    stepS = 5,
    spark = false,
    thresholds = noThresholds,
    sync,
    onSelect,
  } = props;
  const { i18n } = useTranslation();
  const { ref: sizeRef, width } = useElementSize();
  const [at, setAt] = useState<number | null>(null);
  const data = useMemo(() => withGaps(align(lines), stepS), [lines, stepS]);
  const unit = lines[0]?.unit ?? "";
  const shape = {
    names: lines.map((line) => line.name).join("\u0000"),
    unit,
    from: span === undefined ? null : span.from.getTime() / 1000,
    to: span === undefined ? null : span.to.getTime() / 1000,
    width: Math.floor(width),
    height,
    spark,
    thresholds,
    sync,
  };
  const place = usePlot(shape, data, { onSelect, onCursor: setAt });
  const values = lines.map(
    (line) => `${line.name} ${showText(summarize(line.points).last, unit, i18n.language)}`,
  );
  return (
    <div
      ref={sizeRef}
      className={styles.live}
      style={{ height }}
      role="img"
      aria-label={`${label}: ${values.join(", ")}`}
    >
      <div ref={place} />
      {spark || at === null ? null : <Readout at={at} data={data} lines={lines} language={i18n.language} />}
    </div>
  );
}

interface ReadoutProps {
  at: number;
  data: ReturnType<typeof align>;
  lines: readonly Line[];
  language: string;
}

function Readout({ at, data, lines, language }: ReadoutProps) {
  const time = data[0][at];
  if (time === undefined) return null;
  return (
    <div className={`${styles.readout} num`} aria-hidden>
      <span>{clock(new Date(time * 1000), language)}</span>
      {lines.map((line, index) => (
        <span key={line.name} className={styles.readoutValue}>
          <i style={{ background: `var(--ol-series-${(index % 8) + 1})` }} />
          {lines.length > 1 ? `${line.name} ` : ""}
          {showText(data[index + 1]?.[at] ?? null, line.unit, language)}
        </span>
      ))}
    </div>
  );
}

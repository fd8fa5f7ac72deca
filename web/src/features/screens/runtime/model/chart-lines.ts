/** Rows as the lines, bars and points of a chart. Pure. */
import type { Palette } from "@/components/chart/palette";
import type { Tone } from "@/theme/status";
import { fieldOf, type Row } from "./table";
import { asText } from "./template";

export interface Drawn {
  style: "line" | "area" | "bar" | "pie" | "scatter" | "heatmap" | "gauge";
  x: string;
  y: string | null;
  series: readonly { name: string; field: string; axis: "left" | "right"; tone: Tone | null }[];
  split: string | null;
  left: AxisOf;
  right: AxisOf | null;
  stacked: boolean;
  zoom: boolean;
  thresholds: readonly { value: number; label: string; tone: Tone }[];
}

export interface AxisOf {
  unit: string;
  minimum: number | null;
  maximum: number | null;
}

export interface Line {
  name: string;
  axis: "left" | "right";
  color: string;
  points: [string | number, number | null][];
}

export const numberOf = (value: unknown) => {
  const found =
    typeof value === "number"
      ? value
      : value === null || value === undefined || value === ""
        ? Number.NaN
        : Number(value);
  return Number.isFinite(found) ? found : null;
};

/** Times on the horizontal axis are drawn to scale; anything else is a category. */
export function isTimes(rows: readonly Row[], x: string): boolean {
  const first = rows.find((row) => fieldOf(row, x) !== undefined);
  return first !== undefined && /^\d{4}-\d\d-\d\dT/.test(asText(fieldOf(first, x)));
}

export function linesOf(drawn: Drawn, rows: readonly Row[], palette: Palette): Line[] {
  const toneColour = (tone: Tone | null) =>
    tone === "ok" || tone === "warn" || tone === "critical"
      ? palette[tone]
      : tone === null
        ? null
        : palette.accent;
  const wanted =
    drawn.series.length > 0
      ? drawn.series
      : [{ name: "", field: "value", axis: "left" as const, tone: null }];
  const made = wanted.flatMap((series) => {
    const groups = new Map<string, Row[]>();
    for (const row of rows) {
      const group = drawn.split === null ? "" : asText(fieldOf(row, drawn.split));
      groups.set(group, [...(groups.get(group) ?? []), row]);
    }
    return [...groups].map(([group, members]) => ({
      name: [series.name || (group === "" ? series.field : ""), group].filter(Boolean).join(" · "),
      axis: series.axis,
      tone: series.tone,
      points: members.map((row): [string | number, number | null] => [
        asText(fieldOf(row, drawn.x)),
        numberOf(fieldOf(row, series.field)),
      ]),
    }));
  });
  return made.map(({ tone, ...line }, at) => ({
    ...line,
    color: toneColour(tone) ?? palette.series[at % palette.series.length] ?? palette.accent,
  }));
}

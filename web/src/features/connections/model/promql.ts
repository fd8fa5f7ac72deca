/** Series of a Prometheus as the chart wants them. Pure. */
import type { Line } from "@/components/chart/series";
import type { PromqlSeries } from "@/lib/api/types";

/** More lines than this cannot be told apart. */
export const shownSeries = 20;

/** `name{label="value"}`, as Prometheus writes it; "value" where a series has no labels at all. */
export function seriesName(labels: Readonly<Record<string, string>>): string {
  const { __name__: name = "", ...rest } = labels;
  const inside = Object.entries(rest)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(", ");
  if (inside === "") return name === "" ? "value" : name;
  return `${name}{${inside}}`;
}

export function linesOf(series: readonly PromqlSeries[]): Line[] {
  return series.slice(0, shownSeries).map(({ labels, points }) => ({
    name: seriesName(labels),
    unit: "",
    points: points.map(([at, value]) => [new Date(at * 1000).toISOString(), value] as const),
  }));
}

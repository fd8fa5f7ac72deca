/** Metric points as charts want them. Pure: no canvas, no clock. */
export interface Line {
  name: string;
  unit: string;
  points: readonly (readonly [time: string, value: number | null])[];
}

/** uPlot's shape: one column of seconds, then one column of values a line. Lines may have different times. */
export type Aligned = [number[], ...(number | null)[][]];

export function align(lines: readonly Line[]): Aligned {
  const times = [...new Set(lines.flatMap((line) => line.points.map(([time]) => Date.parse(time) / 1000)))]
    .filter((time) => !Number.isNaN(time))
    .sort((a, b) => a - b);
  const at = new Map(times.map((time, index) => [time, index]));
  const columns = lines.map((line) => {
    const values: (number | null)[] = new Array(times.length).fill(null);
    for (const [time, value] of line.points) {
      const index = at.get(Date.parse(time) / 1000);
      if (index !== undefined) values[index] = value;
    }
    return values;
  });
  return [times, ...columns];
}

/** Puts an empty point where samples are missing, so that a gap is drawn as a gap. `stepS` is the usual distance. */
export function withGaps(data: Aligned, stepS: number): Aligned {
  const [times, ...columns] = data;
  const cuts = new Set<number>();
  for (let index = 1; index < times.length; index += 1) {
    const from = times[index - 1];
    const to = times[index];
    if (from !== undefined && to !== undefined && to - from > stepS * 2.5) cuts.add(index);
  }
  if (cuts.size === 0) return data;
  const spread = <T>(column: readonly T[], filler: (index: number) => T): T[] =>
    column.flatMap((value, index) => (cuts.has(index) ? [filler(index), value] : [value]));
  const newTimes = spread(times, (index) => (times[index - 1] ?? 0) + stepS);
  return [newTimes, ...columns.map((column) => spread<number | null>(column, () => null))];
}

export interface Summary {
  last: number | null;
  min: number | null;
  max: number | null;
  mean: number | null;
}

export function summarize(points: Line["points"]): Summary {
  const values = points.map(([, value]) => value).filter((value) => value !== null);
  if (values.length === 0) return { last: null, min: null, max: null, mean: null };
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  return { last: values.at(-1) ?? null, min, max, mean: sum / values.length };
}

/** The value axis: percentages always run 0–100, everything else starts at zero and leaves a little air above. */
export function valueRange(unit: string, max: number | null): [number, number] {
  if (unit === "percent" || unit === "%") return [0, 100];
  if (max === null || max <= 0) return [0, 1];
  return [0, max * 1.1];
}

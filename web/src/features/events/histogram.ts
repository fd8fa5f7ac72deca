/** Bars of events over time. Pure. */
import type { EventSummary } from "@/lib/api/types";

export type Band = "bad" | "warn" | "calm";
export const bands: readonly Band[] = ["calm", "warn", "bad"];

const bandOf: Record<string, Band> = { critical: "bad", error: "bad", warning: "warn" };

export interface Bar {
  at: number;
  end: number;
  total: number;
  bands: Record<Band, number>;
}

/** Every step of the range, also those without events. */
export function barsOf(summary: EventSummary): Bar[] {
  const step = summary.step_s * 1000;
  const epoch = Date.UTC(2000, 0, 1);
  const first = epoch + Math.floor((Date.parse(summary.start) - epoch) / step) * step;
  const end = Date.parse(summary.end);
  const counts = new Map(summary.slots.map(({ at, counts: each }) => [Date.parse(at), each]));
  const bars: Bar[] = [];
  for (let at = first; at < end && bars.length < 1000; at += step) {
    const bar: Bar = { at, end: at + step, total: 0, bands: { bad: 0, warn: 0, calm: 0 } };
    for (const [severity, count] of Object.entries(counts.get(at) ?? {})) {
      bar.total += count;
      bar.bands[bandOf[severity] ?? "calm"] += count;
    }
    bars.push(bar);
  }
  return bars;
}

/** The bars' common height; a root keeps single events visible beside a burst of thousands. */
export function heightOf(count: number, most: number): number {
  return most === 0 || count === 0 ? 0 : Math.sqrt(count / most);
}

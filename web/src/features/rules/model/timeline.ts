/** Firings as bars on a line of time, one lane a key; and pasted text as facts. Pure. */
import type { SimulationRequest, WouldHaveFired } from "@/lib/api/types";
import { isObject, type Json } from "@/lib/json/pointer";

export interface Bar {
  from: number;
  width: number;
  firing: WouldHaveFired;
  side: "mine" | "other";
}

export interface Lane {
  key: string;
  label: string;
  bars: Bar[];
}

const least = 0.4;

/** Bars in percent of the stretch; the lanes with the most come first. */
export function lanes(
  span: { start: string; end: string },
  mine: readonly WouldHaveFired[],
  other: readonly WouldHaveFired[] = [],
): Lane[] {
  const [start, end] = [Date.parse(span.start), Date.parse(span.end)];
  const whole = Math.max(1, end - start);
  const found = new Map<string, Lane>();
  const add = (firing: WouldHaveFired, side: Bar["side"]) => {
    const from = ((Date.parse(firing.fired_at) - start) / whole) * 100;
    const to = firing.resolved_at ? ((Date.parse(firing.resolved_at) - start) / whole) * 100 : 100;
    const lane = found.get(firing.key) ?? { key: firing.key, label: labelOf(firing), bars: [] };
    lane.bars.push({
      from: Math.max(0, Math.min(from, 100 - least)),
      width: Math.max(least, to - from),
      firing,
      side,
    });
    found.set(firing.key, lane);
  };
  for (const firing of mine) add(firing, "mine");
  for (const firing of other) add(firing, "other");
  return [...found.values()].sort((a, b) => b.bars.length - a.bars.length);
}

function labelOf({ labels, key }: WouldHaveFired): string {
  const words = Object.values(labels).filter((word) => word !== "");
  return words.length === 0 ? key || "–" : words.join(" · ");
}

type Facts = Extract<SimulationRequest["over"], { type: "pasted" }>["facts"];

/** A JSON list, one object, or one object a line; null where it is none of them. */
export function factsIn(text: string): Facts | null {
  const trimmed = text.trim();
  const whole = parsed(trimmed);
  if (Array.isArray(whole)) return whole.every(isObject) ? (whole as Facts) : null;
  if (isObject(whole)) return [whole] as Facts;
  const rows = trimmed
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parsed);
  return rows.length > 0 && rows.every(isObject) ? (rows as Facts) : null;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

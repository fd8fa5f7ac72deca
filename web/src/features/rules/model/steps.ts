/** How often a step may come, in words, and the order of steps. Pure. */
import { isObject, type JsonObject } from "@/lib/json/pointer";

export type Often = "once" | "optional" | "many" | "some" | "between";

const known: Record<Exclude<Often, "between">, [number, number | null]> = {
  once: [1, 1],
  optional: [0, 1],
  some: [1, null],
  many: [0, null],
};

export function oftenOf(step: JsonObject): Often {
  const times = isObject(step["times"]) ? step["times"] : {};
  const [min, max] = [times["min"] ?? 1, times["max"] === undefined ? 1 : times["max"]];
  const found = Object.entries(known).find(([, [low, high]]) => low === min && high === max);
  return (found?.[0] as Often | undefined) ?? "between";
}

export function timesOf(step: JsonObject, often: Often): JsonObject {
  const [min, max] = often === "between" ? [2, 5] : known[often];
  return { ...step, times: { min, max } };
}

export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, index) => index !== from);
  const one = list[from];
  return one === undefined ? [...list] : rest.toSpliced(Math.min(to, rest.length), 0, one);
}

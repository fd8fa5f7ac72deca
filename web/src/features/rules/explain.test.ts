import { describe, expect, it } from "vitest";
import type { SeriesInfo } from "@/lib/api/types";
import { candidates, seriesKey, valuesText, verdictOf } from "./explain";

const series = (item_id: string, item: string, labels: Record<string, string> = {}): SeriesInfo => ({
  id: 1,
  item_id,
  item,
  item_type: "host",
  metric: "cpu.usage",
  unit: "percent",
  labels,
});

it("writes the key of a series as the engine does", () => {
  expect(seriesKey(series("7", "vm"))).toBe("7");
  expect(seriesKey(series("7", "vm", { mount: "/", device: "vda" }))).toBe('7{"device":"vda","mount":"/"}');
});

describe("candidates", () => {
  it("names each key once, those with alerts first", () => {
    const found = candidates({
      alerts: [
        { key: "a", labels: { item: "web-1" } },
        { key: "a", labels: { item: "web-1" } },
      ],
      series: [series("b", "web-2"), series("c", "web-3", { core: "0" })],
    });
    expect(found).toEqual([
      { key: "a", label: "web-1" },
      { key: "b", label: "web-2" },
      { key: 'c{"core":"0"}', label: "web-3 · 0" },
    ]);
  });
  it("falls back to the key where labels say nothing", () =>
    expect(candidates({ alerts: [{ key: "k", labels: { item: "" } }], series: [] })).toEqual([
      { key: "k", label: "k" },
    ]));
});

it("takes a verdict it does not know for unknown", () => {
  expect(verdictOf({ verdict: "firing" })).toEqual({ word: "firing", tone: "critical" });
  expect(verdictOf({ verdict: "from_the_future" as "firing" })).toEqual({ word: "unknown", tone: "idle" });
});

it("shows the values a part read", () =>
  expect(valuesText({ value: 12.3456, item: "vm" }, (value) => value.toFixed(1))).toBe(
    "value = 12.3, item = vm",
  ));

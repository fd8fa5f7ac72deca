import { describe, expect, it } from "vitest";
import type { ItemMetric, Relation } from "@/lib/api/types";
import {
  attributeText,
  facetsOf,
  headed,
  lineName,
  metricsOf,
  nameOf,
  otherName,
  relationGroups,
  usualStep,
} from "./model";

const item = { name: "app-01", display_name: { en: "app-01", ko: "앱 1호기" } };

describe("names", () => {
  it("speaks the reader's language and keeps the exact name beside it", () => {
    expect(nameOf(item, "ko")).toBe("앱 1호기");
    expect(otherName(item, "ko")).toBe("app-01");
    expect(otherName(item, "en")).toBeNull();
    expect(nameOf({ name: "x", display_name: {} }, "ko")).toBe("x");
  });
});

describe("facetsOf", () => {
  const items = ["disk", "host", "disk", "cache"].map((type) => ({ type }));
  it("counts each type, most first, equals by name", () =>
    expect(facetsOf(items, undefined)).toEqual([
      { type: "disk", count: 2 },
      { type: "cache", count: 1 },
      { type: "host", count: 1 },
    ]));
  it("keeps the chosen type at zero", () =>
    expect(facetsOf(items, "queue")).toContainEqual({ type: "queue", count: 0 }));
});

describe("relationGroups", () => {
  const relation = (type: string, source: string, target: string): Relation => ({
    id: `${source}-${type}-${target}`,
    type,
    source_id: source,
    source,
    source_type: "service",
    target_id: target,
    target,
    target_type: "server",
  });
  it("parts both directions and orders neighbours by name", () => {
    const groups = relationGroups("me", [
      relation("RUNS_ON", "web", "me"),
      relation("USES", "me", "queue"),
      relation("RUNS_ON", "api", "me"),
    ]);
    expect(groups.map(({ direction, relation: kind }) => `${direction} ${kind}`)).toEqual([
      "out USES",
      "in RUNS_ON",
    ]);
    expect(groups[1]?.neighbours.map(({ id }) => id)).toEqual(["api", "web"]);
  });
  it("has none for an item that stands alone", () => expect(relationGroups("me", [])).toEqual([]));
});

it("shows a metric once, however many series it has", () => {
  const series = (metric: string, labels: Record<string, string>): ItemMetric => ({
    series_id: 1,
    metric,
    unit: "percent",
    labels,
    title: { en: metric },
  });
  const found = metricsOf([
    series("memory.usage", {}),
    series("cpu.core_usage", { core: "0" }),
    series("cpu.core_usage", { core: "1" }),
  ]);
  expect(found.map(({ metric }) => metric)).toEqual(["cpu.core_usage", "memory.usage"]);
});

it("names a line by its labels", () => {
  expect(lineName({ mount: "/", device: "vda" }, "disk")).toBe("/ · vda");
  expect(lineName({}, "disk")).toBe("disk");
});

describe("usualStep", () => {
  const at = (minutes: number) => [new Date(minutes * 60_000).toISOString(), 1] as const;
  it("follows a slow source and is never finer than a step", () => {
    expect(usualStep([at(0), at(30), at(60), at(90)], 15)).toBe(1800);
    expect(usualStep([at(0), at(1), at(2), at(50), at(51)], 15)).toBe(60);
    expect(usualStep([at(0)], 15)).toBe(15);
    expect(usualStep([], 15)).toBe(15);
  });
});

it("begins a head with a capital letter, where there are any", () => {
  expect(headed("load average")).toBe("Load average");
  expect(headed("부하 평균")).toBe("부하 평균");
});

describe("attributeText", () => {
  const bytes = (value: number) => `${value} B`;
  it("knows sizes by their name", () => {
    expect(attributeText("memory_bytes", 2048, bytes)).toBe("2048 B");
    expect(attributeText("cores", 8, bytes)).toBe("8");
  });
  it("leaves out what says nothing and shows the rest as it is", () => {
    expect(attributeText("zone", "", bytes)).toBeNull();
    expect(attributeText("zone", null, bytes)).toBeNull();
    expect(attributeText("monitored", true, bytes)).toBe("true");
    expect(attributeText("tags", ["a"], bytes)).toBe('["a"]');
  });
});

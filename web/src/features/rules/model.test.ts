import { describe, expect, it } from "vitest";
import { read, write } from "@/components/code/text";
import type { Rule, RuleDefinition } from "@/lib/api/types";
import { type Json, type JsonObject, same } from "@/lib/json/pointer";
import { decidesText, healthOf, watchedText } from "./model";
import { type DrawnRule, textOf, valueFrom } from "./model/builder";
import { begun, factConditions, kinds, switched } from "./model/document";
import { seenInEvents } from "./model/seen";
import { moved, oftenOf, timesOf } from "./model/steps";
import { span } from "./model/words";

describe("how a rule is doing", () => {
  const rule = (in_force: unknown, version: number | null) =>
    ({ in_force, published_version: version }) as Rule;
  it("tells drafts, watching and quarantined apart", () => {
    expect(healthOf(rule(null, null))).toBe("draft");
    expect(healthOf(rule({ quarantined_at: null }, 1))).toBe("watching");
    expect(healthOf(rule({ quarantined_at: "2026-03-02T09:00:00Z" }, 1))).toBe("quarantined");
    expect(healthOf(rule({ quarantined_at: null }, null))).toBe("draft");
  });
  it("says of every kind what it watches and what decides", () => {
    const said = kinds.map((kind) => begun(kind) as unknown as RuleDefinition);
    expect(said.map(watchedText)).toEqual([
      "cpu.usage",
      "cpu.usage",
      "*",
      "*",
      "cpu.usage",
      "opsloom · */15 * * * *",
      "",
    ]);
    expect(said.map(decidesText)).toEqual([
      "value > 90",
      "average > 90",
      "first → then",
      "NOT type = 'backup.finished'",
      "calibrated(value)",
      "data['type'] = 'host'",
      "",
    ]);
  });
});

/** Documents with odd but allowed content; the same sequence each run. */
function* documents(count: number): Generator<JsonObject> {
  let state = 7;
  const next = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const texts = [
    "",
    "yes",
    "1e3",
    "null",
    "a: b",
    "# no",
    "여러\n줄",
    "'",
    '"',
    "~",
    "0x1F",
    " lead",
    "trail ",
    "{{ item }}",
    "-",
    "2026-01-01",
  ];
  const value = (depth: number): Json => {
    const kind = next(depth > 2 ? 4 : 6);
    if (kind === 0) return texts[next(texts.length)] ?? "";
    if (kind === 1) return next(1_000_000) / 8;
    if (kind === 2) return next(2) === 0;
    if (kind === 3) return null;
    if (kind === 4) return Array.from({ length: next(3) }, () => value(depth + 1));
    return Object.fromEntries(
      Array.from({ length: next(3) }, (_, index) => [
        `${texts[next(texts.length)]}${index}`,
        value(depth + 1),
      ]),
    );
  };
  for (let made = 0; made < count; made += 1) {
    const kind = kinds[next(kinds.length)] ?? "threshold";
    yield {
      ...begun(kind),
      [`extra${next(9)}`]: value(0),
      labels: { team: texts[next(texts.length)] ?? "" },
    };
  }
}

describe("form and text of a rule", () => {
  it("say the same, both ways, for every document", () => {
    for (const document of documents(400))
      for (const format of ["yaml", "json"] as const) {
        const reading = read(format, write(format, document));
        expect(reading.ok && same(reading.value, document)).toBe(true);
      }
  });
  it("keep what the new kind shares when the kind is changed", () => {
    for (const document of documents(200))
      for (const kind of kinds) {
        const other = switched(document, kind);
        expect(other["kind"]).toBe(kind);
        expect(other["labels"]).toEqual(document["labels"]);
        expect(other["severity"]).toEqual(document["severity"]);
      }
  });
  it("finds every condition over facts", () => {
    expect(factConditions(begun("sequence"))).toEqual(["/steps/0/condition", "/steps/1/condition"]);
    expect(factConditions({ ...begun("absence"), after: "x" })).toEqual(["/after", "/expect"]);
  });
});

describe("parts of the form", () => {
  it("says spans of time in the largest units", () => {
    const say = (key: string, values?: Record<string, unknown>) => `${values?.["count"]}${key.slice(-1)}`;
    expect(span(5400, say)).toBe("1h 30m");
    expect(span(0.5, say)).toBe("0.5s");
  });
  it("reads values as their field holds them", () => {
    const typed = (text: string, field: string, operator: DrawnRule["operator"]) =>
      valueFrom(text, { field, operator });
    expect(typed("90", "value", ">")).toBe(90);
    expect(typed("90", "item", "=")).toBe("90");
    expect(typed("a, b", "item", "in")).toEqual(["a", "b"]);
    expect(typed("true", "data['ok']", "=")).toBe(true);
    expect(textOf(typed("1, 2", "value", "between"))).toBe("1, 2");
    expect(typed("", "item", "null")).toBeNull();
  });
  it("moves steps and says how often they come", () => {
    expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
    expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
    for (const often of ["once", "optional", "many", "some", "between"] as const)
      expect(oftenOf(timesOf({ name: "x" }, often))).toBe(often);
    expect(oftenOf({ name: "x" })).toBe("once");
  });
  it("collects fields and values of events", () => {
    const seen = seenInEvents([
      {
        type: "deploy",
        source: "ci",
        data: { user: { name: "kim's" }, ok: true },
        attributes: { zone: "a" },
      },
    ]);
    expect(seen.find(({ field }) => field === "data['user']['name']")?.values).toEqual(["'kim''s'"]);
    expect(seen.find(({ field }) => field === "attrs['zone']")?.values).toEqual(["'a'"]);
    expect(seen.find(({ field }) => field === "data['ok']")?.values).toEqual(["true"]);
  });
});

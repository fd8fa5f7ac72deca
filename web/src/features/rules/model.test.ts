import { describe, expect, it } from "vitest";
import type { Finding, Rule, RuleDefinition } from "@/lib/api/types";
import { badNumbers, emptyForm, healthOf, marked, sourceOf, sourceText, toDraft, toForm } from "./model";

const definition: RuleDefinition = {
  kind: "threshold",
  source: { type: "metric", metric: "memory.usage" },
  condition: "value > 80 AND attrs['zone'] = 'a'",
  keys: ["item"],
  for_s: 12.5,
  resolve_condition: "value < 70",
  resolve_after_s: 30,
  cooldown_s: 600,
  severity: "critical",
  title: "{{ item }} is full",
  description: "why",
  labels: { team: "core" },
  no_data: { policy: "alert", after_s: 90 },
  actions: [{ type: "notify", channel: "ops" }],
};

describe("a rule in the form", () => {
  it("comes back as the very same document", () => {
    const { name, ...rest } = toDraft(toForm("Memory", definition), definition);
    expect(name).toBe("Memory");
    expect(rest).toEqual(definition);
  });

  it("comes back the same for events", () => {
    const events: RuleDefinition = {
      ...definition,
      source: { type: "event", event_type: "deploy.finished", source: null },
    };
    const { name: _, ...rest } = toDraft(toForm("Deploys", events), events);
    expect(rest).toEqual(events);
  });

  it("keeps what it does not show", () => {
    const draft = toDraft({ ...toForm("Memory", definition), condition: "value > 1" }, definition);
    expect(draft.labels).toEqual({ team: "core" });
    expect(draft.resolve_condition).toBe("value < 70");
    expect(draft.condition).toBe("value > 1");
  });

  it("sends nothing for an empty event filter", () => {
    expect(sourceOf({ ...emptyForm, sourceType: "event", eventType: "  " })).toEqual({
      type: "event",
      event_type: null,
      source: null,
    });
  });

  it("names numbers that are none", () => {
    expect(badNumbers(emptyForm)).toEqual([]);
    expect(badNumbers({ ...emptyForm, forS: "soon", cooldownS: "-1", resolveAfterS: "" })).toEqual([
      "forS",
      "resolveAfterS",
      "cooldownS",
    ]);
  });
});

describe("marking what is wrong", () => {
  const finding = (offset: number, length: number) => ({ offset, length }) as Finding;

  it("cuts the condition around the finding", () => {
    expect(marked("value >> 3", finding(6, 2))).toEqual(["value ", ">>", " 3"]);
  });

  it("counts characters, not code units", () => {
    expect(marked("'🙂' = vlue", finding(6, 4))).toEqual(["'🙂' = ", "vlue", ""]);
  });

  it("stays inside the text", () => {
    expect(marked("value", finding(99, 5))).toEqual(["value", "", ""]);
  });
});

describe("how a rule is doing", () => {
  const rule = (in_force: unknown, version: number | null) =>
    ({ in_force, published_version: version }) as Rule;

  it("tells drafts, watching and quarantined apart", () => {
    expect(healthOf(rule(null, null))).toBe("draft");
    expect(healthOf(rule({ quarantined_at: null }, 1))).toBe("watching");
    expect(healthOf(rule({ quarantined_at: "2026-03-02T09:00:00Z" }, 1))).toBe("quarantined");
    expect(healthOf(rule({ quarantined_at: null }, null))).toBe("draft");
  });

  it("says in a word what it watches", () => {
    expect(sourceText({ type: "metric", metric: "cpu.usage" })).toBe("cpu.usage");
    expect(sourceText({ type: "event", event_type: null, source: "ci" })).toBe("* · ci");
  });
});

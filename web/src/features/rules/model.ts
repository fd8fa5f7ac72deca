import type { Stepping } from "@/components/lifecycle/steps";
import type { Finding, Rule, RuleDefinition, RuleDraft } from "@/lib/api/types";
import type { Tone } from "@/theme/status";

/** The form holds what people type; numbers stay text until they are sent, so that nothing typed is lost. */
export interface RuleForm {
  name: string;
  sourceType: "metric" | "event";
  metric: string;
  eventType: string;
  eventSource: string;
  condition: string;
  forS: string;
  resolveAfterS: string;
  cooldownS: string;
  severity: RuleDefinition["severity"];
  title: string;
  description: string;
  noData: "keep" | "resolve" | "alert";
  noDataAfterS: string;
  channels: string[];
}

export const emptyForm: RuleForm = {
  name: "",
  sourceType: "metric",
  metric: "cpu.usage",
  eventType: "",
  eventSource: "",
  condition: "value > 90",
  forS: "60",
  resolveAfterS: "0",
  cooldownS: "0",
  severity: "warning",
  title: "",
  description: "",
  noData: "keep",
  noDataAfterS: "300",
  channels: [],
};

export function toForm(name: string, definition: RuleDefinition): RuleForm {
  const { source } = definition;
  return {
    name,
    sourceType: source.type === "event" ? "event" : "metric",
    metric: source.type === "event" ? "" : source.metric,
    eventType: source.type === "event" ? (source.event_type ?? "") : "",
    eventSource: source.type === "event" ? (source.source ?? "") : "",
    condition: definition.condition,
    forS: String(definition.for_s),
    resolveAfterS: String(definition.resolve_after_s),
    cooldownS: String(definition.cooldown_s),
    severity: definition.severity,
    title: definition.title,
    description: definition.description,
    noData: definition.no_data?.policy ?? "keep",
    noDataAfterS: String(definition.no_data?.after_s ?? 300),
    channels: (definition.actions ?? []).map(({ channel }) => channel),
  };
}

/** What is sent. `kept` is the document that was loaded: what the form does not show stays as it was. */
export function toDraft(form: RuleForm, kept?: RuleDefinition): RuleDraft {
  return {
    keys: kept?.keys ?? null,
    labels: kept?.labels ?? {},
    resolve_condition: kept?.resolve_condition ?? null,
    kind: "threshold",
    name: form.name.trim(),
    source: sourceOf(form),
    condition: form.condition,
    for_s: Number(form.forS),
    resolve_after_s: Number(form.resolveAfterS),
    cooldown_s: Number(form.cooldownS),
    severity: form.severity,
    title: form.title,
    description: form.description,
    no_data: { policy: form.noData, after_s: Number(form.noDataAfterS) },
    actions: form.channels.map((channel) => ({ type: "notify" as const, channel })),
  };
}

export function sourceOf(form: RuleForm): RuleDraft["source"] {
  if (form.sourceType === "metric") return { type: "metric", metric: form.metric.trim() };
  return {
    type: "event",
    event_type: form.eventType.trim() === "" ? null : form.eventType.trim(),
    source: form.eventSource.trim() === "" ? null : form.eventSource.trim(),
  };
}

/** Names of fields whose text is no number of seconds from 0 to 30 days. */
export function badNumbers(form: RuleForm): (keyof RuleForm)[] {
  const names = ["forS", "resolveAfterS", "cooldownS", "noDataAfterS"] as const;
  return names.filter((name) => {
    const value = Number(form[name]);
    return form[name].trim() === "" || !Number.isFinite(value) || value < 0 || value > 2_592_000;
  });
}

/** The three parts of a condition around what is wrong in it, so that it can be marked. */
export function marked(condition: string, finding: Finding): [string, string, string] {
  const letters = [...condition];
  const from = Math.min(Math.max(finding.offset, 0), letters.length);
  const to = Math.min(from + Math.max(finding.length, 1), letters.length);
  return [letters.slice(0, from).join(""), letters.slice(from, to).join(""), letters.slice(to).join("")];
}

export type Health = "draft" | "quarantined" | "watching";

export function healthOf(rule: Rule): Health {
  if (rule.in_force === null || rule.published_version === null) return "draft";
  return rule.in_force.quarantined_at === null ? "watching" : "quarantined";
}

export const healthTones: Record<Health, Tone> = { draft: "idle", quarantined: "critical", watching: "ok" };

/** "cpu.usage" or "deploy.finished from ci". */
export function sourceText(source: RuleDefinition["source"]): string {
  if (source.type !== "event") return source.metric;
  return [source.event_type ?? "*", source.source].filter(Boolean).join(" · ");
}

/** What the dialogs of an asset's life have to know of a rule. */
export function stepping({ id, name, published_version, revision }: Rule): Stepping {
  return { id, name, published_version, draft_revision: revision };
}

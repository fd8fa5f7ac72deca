import type { Stepping } from "@/components/lifecycle/steps";
import type { Rule, RuleDefinition } from "@/lib/api/types";
import type { Tone } from "@/theme/status";

export type Health = "draft" | "quarantined" | "watching";

export function healthOf(rule: Rule): Health {
  if (rule.in_force === null || rule.published_version === null) return "draft";
  return rule.in_force.quarantined_at === null ? "watching" : "quarantined";
}

export const healthTones: Record<Health, Tone> = { draft: "idle", quarantined: "critical", watching: "ok" };

/** "cpu.usage", "deploy.finished · ci", the connection that is asked, or the rules that are joined. */
export function watchedText(rule: RuleDefinition): string {
  if (rule.kind === "composite") return rule.members.map(({ rule: key }) => key).join(", ");
  const { source } = rule;
  if (source.type === "metric") return source.metric;
  if (source.type === "query") return [source.connection ?? "opsloom", source.cron].join(" · ");
  return [source.event_type ?? "*", source.source].filter(Boolean).join(" · ");
}

/** What decides, in one line. */
export function decidesText(rule: RuleDefinition): string {
  switch (rule.kind) {
    case "aggregate":
      return rule.having;
    case "sequence":
      return rule.steps.map(({ name, negated }) => (negated ? `NOT ${name}` : name)).join(" → ");
    case "absence":
      return rule.after ? `${rule.after} → NOT ${rule.expect}` : `NOT ${rule.expect}`;
    case "anomaly":
      return `${rule.detector?.type ?? "calibrated"}(${rule.of ?? "value"})`;
    case "composite":
      return rule.expression;
    default:
      return rule.condition;
  }
}

/** What the dialogs of an asset's life have to know of a rule. */
export function stepping({ id, name, published_version, revision }: Rule): Stepping {
  return { id, name, published_version, draft_revision: revision };
}

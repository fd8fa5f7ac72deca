/** How a new case of a rule begins: facts of the kind the rule reads, and nothing expected yet. Pure. */
import type { RuleCaseBody, RuleDefinition } from "@/lib/api/types";

export function newCase(rule: RuleDefinition): RuleCaseBody {
  const fact =
    rule.kind !== "composite" && rule.source.type === "metric"
      ? { at: 0, every: 30, item: "web-1", values: [80, 95, 96, 97, 40] }
      : rule.kind === "schedule"
        ? { at: 0, data: { count: 1 } }
        : { at: 0, type: "example", source: "shop", subject: "one", data: {} };
  return { name: "", facts: [fact], firings: [] } as unknown as RuleCaseBody;
}

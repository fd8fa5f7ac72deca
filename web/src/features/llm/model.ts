/** What the page of language models decides by itself. Pure. */
import type { LlmModel, LlmOutcome, LlmPurpose, LlmState } from "@/lib/api/types";
import type { Tone } from "@/theme/status";

export const purposes: readonly LlmPurpose[] = ["plan", "repair", "rephrase", "draft_rule"];
export const outcomes: readonly LlmOutcome[] = ["used", "unusable", "failed", "refused"];

export const outcomeTones: Record<LlmOutcome, Tone> = {
  used: "ok",
  unusable: "warn",
  failed: "critical",
  refused: "idle",
};

export type Standing = "fault" | "open" | "half_open" | "closed" | "unasked";

/** How a model stands: it cannot be asked, its breaker's state, or nobody has asked it yet. */
export function standingOf({ fault, state }: Pick<LlmModel, "fault" | "state">): Standing {
  if (fault !== null) return "fault";
  return state ?? "unasked";
}

export const standingTones: Record<Standing, Tone> = {
  fault: "critical",
  open: "critical",
  half_open: "warn",
  closed: "ok",
  unasked: "idle",
};

/** US dollars: cents where there are any, more digits where there are only fractions of one. */
export function dollars(cost: number | null, language: string): string {
  if (cost === null) return "–";
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: 2,
    maximumFractionDigits: cost !== 0 && cost < 0.1 ? 5 : 2,
  }).format(cost);
}

export interface Used {
  id: "tokens" | "cost";
  used: number;
  held: number;
  allowed: number;
}

/** What of the day's budget is taken, for each limit that there is. */
export function usedOf(budget: NonNullable<LlmState["budget"]>): Used[] {
  const tokens: Used = {
    id: "tokens",
    used: budget.tokens,
    held: budget.held_tokens,
    allowed: budget.tokens_per_day,
  };
  if (budget.cost_per_day === null) return [tokens];
  return [tokens, { id: "cost", used: budget.cost, held: budget.held_cost, allowed: budget.cost_per_day }];
}

/** A part of what is allowed, between 0 and 1; where nothing is allowed, all of it is taken. */
export const shareOf = ({ used, held, allowed }: Pick<Used, "used" | "held" | "allowed">): number =>
  allowed > 0 ? Math.min(1, Math.max(0, (used + held) / allowed)) : 1;

/** What the page of regression decides by itself. Pure. */
import type { GoldenLine, GoldenOutcome, GoldenRun, GoldenVerdict } from "@/lib/api/types";
import type { Tone } from "@/theme/status";

export const outcomes: readonly GoldenOutcome[] = ["fail", "warn", "pass"];

export const outcomeTones: Record<GoldenOutcome, Tone> = { pass: "ok", warn: "warn", fail: "critical" };
export const verdictTones: Record<GoldenVerdict, Tone> = { right: "ok", silent: "warn", wrong: "critical" };

/** How many questions have been asked, and which part of all that is, between 0 and 1. */
export function progressOf({ passed, warned, failed, total }: GoldenRun): { asked: number; part: number } {
  const asked = passed + warned + failed;
  return { asked, part: total > 0 ? Math.min(1, asked / total) : 1 };
}

/** How a run stands as a whole: the worst of its questions, or that it is under way. */
export function standingOf(run: GoldenRun): GoldenOutcome | "running" {
  if (run.ended_at === null) return "running";
  if (run.failed > 0) return "fail";
  return run.warned > 0 ? "warn" : "pass";
}

export const standingTones: Record<GoldenOutcome | "running", Tone> = { ...outcomeTones, running: "info" };

export interface CategoryCount {
  category: string;
  passed: number;
  total: number;
}

/** Passed and all of each category, the worst first. */
export function byCategory(lines: readonly GoldenLine[]): CategoryCount[] {
  const found = new Map<string, CategoryCount>();
  for (const { category, outcome } of lines) {
    const one = found.get(category) ?? { category, passed: 0, total: 0 };
    one.total += 1;
    if (outcome !== "fail") one.passed += 1;
    found.set(category, one);
  }
  const part = ({ passed, total }: CategoryCount) => passed / total;
  return [...found.values()].sort((a, b) => part(a) - part(b) || a.category.localeCompare(b.category));
}

/** The worst first, then by key. */
export function inOrder(lines: readonly GoldenLine[], outcome: GoldenOutcome | undefined): GoldenLine[] {
  return lines
    .filter((line) => outcome === undefined || line.outcome === outcome)
    .sort((a, b) => outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome) || a.key.localeCompare(b.key));
}

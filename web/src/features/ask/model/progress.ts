import type { AskDecision, AskStage, Question } from "@/lib/api/types";

export type StageName = AskStage["name"];
export const stageNames: readonly StageName[] = [
  "route",
  "plan",
  "validate",
  "execute",
  "compose",
  "present",
];

/** A question under way. What has arrived stays, also when it is stopped or breaks. */
export interface Progress {
  phase: "idle" | "running" | "stopped" | "failed" | "answered";
  text: string;
  stages: AskStage[];
  decision: AskDecision | null;
  error: unknown;
}

export const idle: Progress = { phase: "idle", text: "", stages: [], decision: null, error: null };

export type AskEvent =
  | { type: "asked"; text: string }
  | { type: "stage"; stage: AskStage }
  | { type: "plan"; decision: AskDecision }
  | { type: "answer"; question: Question }
  | { type: "stopped" }
  | { type: "failed"; error: unknown };

export function advance(progress: Progress, event: AskEvent): Progress {
  if (event.type === "asked") return { ...idle, phase: "running", text: event.text };
  // What comes in after a stop belongs to nobody.
  if (progress.phase !== "running") return progress;
  switch (event.type) {
    case "stage":
      return { ...progress, stages: [...progress.stages, event.stage] };
    case "plan":
      return { ...progress, decision: event.decision };
    case "answer":
      return { ...progress, phase: "answered", stages: event.question.stages };
    case "stopped":
      return { ...progress, phase: "stopped" };
    case "failed":
      return { ...progress, phase: "failed", error: event.error };
  }
}

export interface StageLine {
  name: StageName;
  state: AskStage["status"] | "running" | "waiting";
  tookMs: number | null;
}

/** The stages as a list: those that ended, the one at work, and, while it runs, those to come. */
export function stageLines({ phase, stages }: Pick<Progress, "phase" | "stages">): StageLine[] {
  const ended: StageLine[] = stages.map(({ name, status, took_ms }) => ({
    name,
    state: status,
    tookMs: took_ms,
  }));
  if (phase !== "running") return ended;
  const rest = stageNames.filter((name) => !stages.some((stage) => stage.name === name));
  return [
    ...ended,
    ...rest.map(
      (name, index): StageLine => ({
        name,
        state: index === 0 ? "running" : "waiting",
        tookMs: null,
      }),
    ),
  ];
}

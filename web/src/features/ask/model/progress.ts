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

/** What can be said before everything has run; the whole answer replaces it. */
export type SoFar = Pick<Question, "blocks" | "references">;

/** One step of the plan that has ended. */
export interface StepEnded {
  step_id: string;
  tool: string;
  status: string;
  rows: number;
}

/** A question under way. What has arrived stays, also when it is stopped or breaks. */
export interface Progress {
  phase: "idle" | "running" | "failed" | "answered";
  text: string;
  questionId: string | null;
  threadId: string | null;
  stages: AskStage[];
  steps: StepEnded[];
  decision: AskDecision | null;
  soFar: SoFar | null;
  stopping: boolean;
  error: unknown;
}

export const idle: Progress = {
  phase: "idle",
  text: "",
  questionId: null,
  threadId: null,
  stages: [],
  steps: [],
  decision: null,
  soFar: null,
  stopping: false,
  error: null,
};

export type AskEvent =
  | { type: "asked"; text: string; threadId: string | null }
  | { type: "begun"; questionId: string; threadId: string | null }
  | { type: "stage"; stage: AskStage }
  | { type: "plan"; decision: AskDecision }
  | { type: "step"; step: StepEnded }
  | { type: "blocks"; soFar: SoFar }
  | { type: "answer"; question: Question }
  | { type: "stopping" }
  | { type: "left" }
  | { type: "failed"; error: unknown };

export function advance(progress: Progress, event: AskEvent): Progress {
  if (event.type === "asked")
    return { ...idle, phase: "running", text: event.text, threadId: event.threadId };
  // What comes in after the end belongs to nobody.
  if (progress.phase !== "running") return progress;
  switch (event.type) {
    case "begun":
      return { ...progress, questionId: event.questionId, threadId: event.threadId };
    case "stage":
      return { ...progress, stages: [...progress.stages, event.stage] };
    case "plan":
      return { ...progress, decision: event.decision };
    case "step":
      return { ...progress, steps: [...progress.steps, event.step] };
    case "blocks":
      return { ...progress, soFar: event.soFar };
    case "answer":
      return { ...progress, phase: "answered", stages: event.question.stages };
    case "stopping":
      return { ...progress, stopping: true };
    case "left":
      return idle;
    case "failed":
      return { ...progress, phase: "failed", error: event.error };
  }
}

export interface StageLine {
  name: StageName;
  state: AskStage["status"] | "running" | "waiting";
  tookMs: number | null;
  input: Record<string, unknown>;
  output: Record<string, unknown>;
}

/** The stages as a list: those that ended, the one at work, and, while it runs, those to come. */
export function stageLines({ phase, stages }: Pick<Progress, "phase" | "stages">): StageLine[] {
  const ended: StageLine[] = stages.map(({ name, status, took_ms, input, detail }) => ({
    name,
    state: status,
    tookMs: took_ms,
    input: input ?? {},
    output: detail ?? {},
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
        input: {},
        output: {},
      }),
    ),
  ];
}

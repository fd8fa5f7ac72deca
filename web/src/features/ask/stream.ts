import { ApiError, networkError } from "@/lib/api/problem";
import type { AskDecision, AskMode, AskPlan, AskStage, Question } from "@/lib/api/types";
import { backoffMs } from "@/lib/stream/backoff";
import { type Fetcher, postStream, type Told, toldError } from "@/lib/stream/post";
import type { AskEvent, SoFar, StepEnded } from "./model/progress";

export interface Asked {
  text: string;
  time_zone: string;
  item_id?: string | null;
  thread_id?: string | null;
  new_thread?: boolean;
  mode?: AskMode;
  /** An edited plan, run as it is. */
  plan?: AskPlan | null;
}

interface Begun {
  question_id: string;
  thread_id: string | null;
}

/** What one server-sent event means; null for one this page does not know. */
export function eventOf({ name, data }: Told): AskEvent | null {
  const body: unknown = JSON.parse(data);
  switch (name) {
    case "begun": {
      const { question_id, thread_id } = body as Begun;
      return { type: "begun", questionId: question_id, threadId: thread_id };
    }
    case "stage":
      return { type: "stage", stage: body as AskStage };
    case "plan":
      return { type: "plan", decision: body as AskDecision };
    case "step":
      return { type: "step", step: body as StepEnded };
    case "blocks":
      return { type: "blocks", soFar: body as SoFar };
    case "answer":
      return { type: "answer", question: body as Question };
    default:
      return name === "error" ? { type: "failed", error: toldError(data) } : null;
  }
}

/** The world outside, for tests to replace. */
export interface Outside {
  fetcher: Fetcher;
  wait(ms: number): Promise<void>;
}

const outside: Outside = {
  fetcher: (url, init) => fetch(url, init),
  wait: (ms) => new Promise((done) => setTimeout(done, ms)),
};
const tries = 4;

/**
 * Asks, and tells what happens until the answer, a failure, or the end of the signal. A connection that is lost after the
 * question has begun is made anew, after the last event that arrived. Never throws: what goes wrong is told as `failed`, the
 * end of the signal as `left`.
 */
export async function ask(
  asked: Asked,
  signal: AbortSignal,
  tell: (event: AskEvent) => void,
  { fetcher, wait }: Outside = outside,
): Promise<void> {
  let begun = null as string | null;
  let last: string | undefined;
  let ended = false;
  const hear = (one: Told) => {
    last = one.id ?? last;
    const told = eventOf(one);
    if (told === null) return;
    if (told.type === "begun") begun = told.questionId;
    ended ||= told.type === "answer" || told.type === "failed";
    tell(told);
  };
  const once = () =>
    begun === null
      ? postStream({ url: "/api/v1/questions/stream", body: asked, signal, fetcher }, hear)
      : postStream({ url: `/api/v1/questions/${begun}/stream`, lastEventId: last, signal, fetcher }, hear);
  for (let attempt = 0; ; attempt++) {
    try {
      await once();
      if (ended) return;
    } catch (error) {
      if (!signal.aborted && isFinal(error)) return tell({ type: "failed", error });
    }
    if (signal.aborted) return tell({ type: "left" });
    // A body that ends without an answer was cut on its way; before it began there is nothing to go on with.
    if (begun === null || attempt >= tries) return tell({ type: "failed", error: networkError() });
    await wait(backoffMs(attempt + 1, Math.random));
  }
}

/** Whether the server has said no: then another try says the same. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiError && error.kind !== "network";
}

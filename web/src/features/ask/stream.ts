import { ApiError, networkError } from "@/lib/api/problem";
import type { AskDecision, AskStage, Question } from "@/lib/api/types";
import { type Fetcher, postStream, type Told, toldError } from "@/lib/stream/post";
import type { AskEvent } from "./model/progress";

export interface Asked {
  text: string;
  time_zone: string;
  item_id?: string | null;
}

/** What one server-sent event means; null for one this page does not know. */
export function eventOf({ name, data }: Told): AskEvent | null {
  const body: unknown = JSON.parse(data);
  if (name === "stage") return { type: "stage", stage: body as AskStage };
  if (name === "plan") return { type: "plan", decision: body as AskDecision };
  if (name === "answer") return { type: "answer", question: body as Question };
  return name === "error" ? { type: "failed", error: toldError(data) } : null;
}

/**
 * Asks, and tells each stage as it ends, until the answer, a failure, or the end of the signal. Never throws: what goes wrong is
 * told as `failed`, a stop as `stopped`.
 */
export async function ask(
  asked: Asked,
  signal: AbortSignal,
  tell: (event: AskEvent) => void,
  fetcher: Fetcher = (url, init) => fetch(url, init),
): Promise<void> {
  try {
    const ended = await follow(asked, signal, tell, fetcher);
    // A body that ends without an answer was cut on its way.
    if (!ended) tell({ type: "failed", error: networkError() });
  } catch (error) {
    if (signal.aborted) tell({ type: "stopped" });
    else tell({ type: "failed", error: error instanceof ApiError ? error : networkError() });
  }
}

async function follow(
  asked: Asked,
  signal: AbortSignal,
  tell: (event: AskEvent) => void,
  fetcher: Fetcher,
): Promise<boolean> {
  let ended = false;
  await postStream({ url: "/api/v1/questions/stream", body: asked, signal, fetcher }, (one) => {
    const told = eventOf(one);
    if (told === null) return;
    ended ||= told.type === "answer" || told.type === "failed";
    tell(told);
  });
  return ended;
}

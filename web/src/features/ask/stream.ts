import { createParser } from "eventsource-parser";
import { csrfHeader } from "@/lib/api/cookies";
import { ApiError, errorFrom, networkError } from "@/lib/api/problem";
import { sessionLost } from "@/lib/api/session";
import type { AskDecision, AskStage, Question } from "@/lib/api/types";
import type { AskEvent } from "./model/progress";

export interface Asked {
  text: string;
  time_zone: string;
  item_id?: string | null;
}

interface Told {
  name: string;
  data: string;
}

/** What one server-sent event means; null for one this page does not know. */
export function eventOf({ name, data }: Told): AskEvent | null {
  const body: unknown = JSON.parse(data);
  if (name === "stage") return { type: "stage", stage: body as AskStage };
  if (name === "plan") return { type: "plan", decision: body as AskDecision };
  if (name === "answer") return { type: "answer", question: body as Question };
  if (name !== "error") return null;
  const { status } = body as { status?: number };
  return { type: "failed", error: errorFrom({ status: status ?? 500, headers: new Headers() }, data) };
}

type Fetcher = (url: string, init: RequestInit) => Promise<Response>;

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
  const csrf = csrfHeader("POST", document.cookie);
  const response = await fetcher("/api/v1/questions/stream", {
    method: "POST",
    body: JSON.stringify(asked),
    headers: {
      "Content-Type": "application/json",
      Accept: "text/event-stream",
      ...(csrf === null ? {} : { [csrf[0]]: csrf[1] }),
    },
    credentials: "same-origin",
    signal,
  });
  if (response.status === 401) sessionLost.emit();
  if (!response.ok || response.body === null) throw errorFrom(response, await response.text());
  let ended = false;
  const parser = createParser({
    onEvent: ({ event, data }) => {
      const told = eventOf({ name: event ?? "", data });
      if (told === null) return;
      ended ||= told.type === "answer" || told.type === "failed";
      tell(told);
    },
  });
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return ended;
    parser.feed(decoder.decode(value, { stream: true }));
  }
}

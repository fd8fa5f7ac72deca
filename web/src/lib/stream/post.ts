/** One answer as server-sent events to a POST: each as it comes, until the end or an abort. */
import { createParser } from "eventsource-parser";
import { csrfHeader } from "@/lib/api/cookies";
import { errorFrom } from "@/lib/api/problem";
import { sessionLost } from "@/lib/api/session";

export interface Told {
  name: string;
  data: string;
}

export type Fetcher = (url: string, init: RequestInit) => Promise<Response>;

interface Sent {
  url: string;
  body: object;
  signal: AbortSignal;
  fetcher?: Fetcher;
}

/** Throws ApiError for a refusal, and whatever `fetch` throws when the network is gone or the signal aborts. */
export async function postStream(sent: Sent, tell: (told: Told) => void): Promise<void> {
  const { url, body, signal, fetcher = (place, init) => fetch(place, init) } = sent;
  const csrf = csrfHeader("POST", document.cookie);
  const response = await fetcher(url, {
    method: "POST",
    body: JSON.stringify(body),
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
  const parser = createParser({ onEvent: ({ event, data }) => tell({ name: event ?? "", data }) });
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    parser.feed(decoder.decode(value, { stream: true }));
  }
}

/** A failure that is told inside the stream. */
export function toldError(data: string) {
  const { status } = JSON.parse(data) as { status?: number };
  return errorFrom({ status: status ?? 500, headers: new Headers() }, data);
}

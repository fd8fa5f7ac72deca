/** One answer as server-sent events, to a POST or to a GET: each as it comes, until the end or an abort. */
import { createParser } from "eventsource-parser";
import { csrfHeader } from "@/lib/api/cookies";
import { errorFrom } from "@/lib/api/problem";
import { sessionLost } from "@/lib/api/session";

export interface Told {
  name: string;
  data: string;
  /** Where to go on after this one, if the stream can be followed again. */
  id?: string | undefined;
}

export type Fetcher = (url: string, init: RequestInit) => Promise<Response>;

interface Sent {
  url: string;
  /** Left out for a GET. */
  body?: object;
  /** Go on after this one. */
  lastEventId?: string | undefined;
  signal: AbortSignal;
  fetcher?: Fetcher;
}

/** Throws ApiError for a refusal, and whatever `fetch` throws when the network is gone or the signal aborts. */
export async function postStream(sent: Sent, tell: (told: Told) => void): Promise<void> {
  const { url, body, lastEventId, signal, fetcher = (place, init) => fetch(place, init) } = sent;
  const method = body === undefined ? "GET" : "POST";
  const csrf = csrfHeader(method, document.cookie);
  const response = await fetcher(url, {
    method,
    headers: {
      Accept: "text/event-stream",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId }),
      ...(csrf === null ? {} : { [csrf[0]]: csrf[1] }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    credentials: "same-origin",
    signal,
  });
  if (response.status === 401) sessionLost.emit();
  if (!response.ok || response.body === null) throw errorFrom(response, await response.text());
  const parser = createParser({ onEvent: ({ event, data, id }) => tell({ name: event ?? "", data, id }) });
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

/**
 * The live stream: server-sent events over fetch, so that an abort is immediate and Last-Event-ID is ours to send.
 * After any break it connects again and resumes after the last event it delivered; the server owns gaplessness.
 * Invariant: one connection at a time, and a message is delivered before its id counts as seen.
 */
import { createParser } from "eventsource-parser";
import { backoffMs } from "./backoff";

export interface StreamMessage {
  topic: string;
  id: string | null;
  payload: unknown;
}

export type StreamState = "connecting" | "open" | "waiting" | "denied" | "closed";

export interface StreamOptions {
  url: string;
  onMessage(message: StreamMessage): void;
  onState?(state: StreamState): void;
  lastEventId?: string | null;
  fetcher?: (url: string, init: RequestInit) => Promise<Response>;
  /** Waits, and ends early when the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  random?: () => number;
}

export interface Stream {
  close(): void;
  lastEventId(): string | null;
  /** Settles when the stream has ended for good. */
  done: Promise<void>;
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function parsePayload(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}

/** An answer that a retry cannot mend: not signed in, not allowed, no such stream. */
function isFinal(status: number): boolean {
  return status === 204 || (status >= 400 && status < 500 && status !== 408 && status !== 429);
}

class Connection implements Stream {
  readonly done: Promise<void>;
  private readonly stopper = new AbortController();
  private seen: string | null;
  private attempt = 0;
  private retryMs: number | null = null;

  constructor(private readonly options: StreamOptions) {
    this.seen = options.lastEventId ?? null;
    this.done = this.run();
  }

  close(): void {
    this.stopper.abort();
  }

  lastEventId(): string | null {
    return this.seen;
  }

  private tell(state: StreamState): void {
    this.options.onState?.(state);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopper;
    const wait = this.options.wait ?? waitFor;
    while (!signal.aborted) {
      this.tell("connecting");
      if ((await this.connect()) === "final") {
        this.tell("denied");
        return;
      }
      if (signal.aborted) break;
      this.tell("waiting");
      this.attempt += 1;
      const backoff = backoffMs(this.attempt, this.options.random ?? Math.random);
      await wait(Math.max(backoff, this.retryMs ?? 0), signal);
    }
    this.tell("closed");
  }

  /** One connection, until it breaks. A lost network is the normal end of it, not an error to report. */
  private async connect(): Promise<"again" | "final"> {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (this.seen !== null) headers["Last-Event-ID"] = this.seen;
    const fetcher = this.options.fetcher ?? ((url, init) => fetch(url, init));
    try {
      const response = await fetcher(this.options.url, {
        headers,
        signal: this.stopper.signal,
        credentials: "same-origin",
        cache: "no-store",
      });
      if (isFinal(response.status)) return "final";
      if (!response.ok || response.body === null) return "again";
      this.tell("open");
      await this.read(response.body);
    } catch {
      return "again";
    }
    return "again";
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = createParser({
      onEvent: (event) => {
        this.attempt = 0;
        this.options.onMessage({
          topic: event.event ?? "message",
          id: event.id ?? null,
          payload: parsePayload(event.data),
        });
        if (event.id !== undefined) this.seen = event.id;
      },
      onRetry: (ms) => {
        this.retryMs = ms;
      },
    });
    const reader = body.getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.stopper.signal.aborted) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  }
}

export function openStream(options: StreamOptions): Stream {
  return new Connection(options);
}

/**
 * One stream for the whole app, whatever number of screens listen. The connection carries the union of the topics that
 * somebody wants; when the union changes it is opened anew from the last event seen, so no screen misses anything.
 */
import type { Stream, StreamMessage, StreamOptions, StreamState } from "@/lib/stream/stream";
import { openLazily } from "./open-lazily";

export type Handler = (message: StreamMessage) => void;

export interface LiveStatus {
  state: StreamState;
  /** When the last event came, in ms. */
  lastAt: number | null;
}

type Open = (options: StreamOptions) => Stream;

export class LiveHub {
  private readonly handlers = new Map<string, Set<Handler>>();
  private readonly listeners = new Set<() => void>();
  private stream: Stream | null = null;
  private topics = "";
  private turn = 0;
  private scheduled = false;
  private status: LiveStatus = { state: "closed", lastAt: null };

  constructor(
    private readonly open: Open = openLazily,
    private readonly soon: (run: () => void) => void = (run) => queueMicrotask(run),
  ) {}

  subscribe(topic: string, handler: Handler): () => void {
    const set = this.handlers.get(topic) ?? new Set();
    this.handlers.set(topic, set.add(handler));
    this.schedule();
    return () => {
      set.delete(handler);
      if (set.size === 0) this.handlers.delete(topic);
      this.schedule();
    };
  }

  readonly onStatus = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly readStatus = (): LiveStatus => this.status;

  /** After signing in as somebody else nothing of the earlier stream may be resumed. */
  reset(): void {
    this.stream?.close();
    this.stream = null;
    this.topics = "";
    this.schedule();
  }

  /** Subscriptions come and go in one burst when the page changes: settle once, after the burst. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.soon(() => {
      this.scheduled = false;
      this.settle();
    });
  }

  private settle(): void {
    const wanted = [...this.handlers.keys()].sort().join(",");
    if (wanted === this.topics) return;
    const lastEventId = this.stream?.lastEventId() ?? null;
    this.stream?.close();
    this.stream = null;
    this.topics = wanted;
    if (wanted === "") {
      this.setStatus({ state: "closed", lastAt: this.status.lastAt });
      return;
    }
    this.turn += 1;
    const { turn } = this;
    const stream: Stream = this.open({
      url: `/api/v1/stream?topics=${encodeURIComponent(wanted)}`,
      lastEventId,
      onMessage: (message) => this.deliver(message),
      onState: (state) => {
        // A stream that was replaced still reports its end, also when the new one has the same topics.
        if (this.turn === turn) this.setStatus({ state, lastAt: this.status.lastAt });
      },
    });
    this.stream = stream;
  }

  private deliver(message: StreamMessage): void {
    this.setStatus({ state: "open", lastAt: Date.now() });
    for (const handler of [...(this.handlers.get(message.topic) ?? [])]) handler(message);
  }

  private setStatus(status: LiveStatus): void {
    this.status = status;
    for (const listener of this.listeners) listener();
  }
}

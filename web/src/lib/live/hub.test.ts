import { describe, expect, it, vi } from "vitest";
import type { Stream, StreamMessage, StreamOptions } from "@/lib/stream/stream";
import { LiveHub } from "./hub";

/** Plays the server: every opened stream is kept, messages are put in by hand. */
function world() {
  const opened: { options: StreamOptions; closed: boolean; seen: string | null }[] = [];
  const due: (() => void)[] = [];
  const hub = new LiveHub(
    (options): Stream => {
      const entry = { options, closed: false, seen: options.lastEventId ?? null };
      opened.push(entry);
      return {
        close: () => {
          entry.closed = true;
          options.onState?.("closed");
        },
        lastEventId: () => entry.seen,
        done: Promise.resolve(),
      };
    },
    (run) => due.push(run),
  );
  const settle = () =>
    due.splice(0).forEach((run) => {
      run();
    });
  const send = (message: StreamMessage) => {
    const current = opened.at(-1);
    if (current === undefined) throw new Error("nothing open");
    current.seen = message.id;
    current.options.onMessage(message);
  };
  return { hub, opened, settle, send };
}

describe("LiveHub", () => {
  it("opens one stream for a burst of subscriptions", () => {
    const { hub, opened, settle } = world();
    hub.subscribe("metrics", vi.fn());
    hub.subscribe("alerts", vi.fn());
    hub.subscribe("alerts", vi.fn());
    settle();
    expect(opened.map((s) => s.options.url)).toEqual(["/api/v1/stream?topics=alerts%2Cmetrics"]);
  });

  it("delivers to the topic's handlers only", () => {
    const { hub, settle, send } = world();
    const alerts = vi.fn();
    const metrics = vi.fn();
    hub.subscribe("alerts", alerts);
    hub.subscribe("metrics", metrics);
    settle();
    send({ topic: "alerts", id: "1", payload: 5 });
    expect(alerts).toHaveBeenCalledTimes(1);
    expect(metrics).not.toHaveBeenCalled();
  });

  it("resumes after the last event when the topics change", () => {
    const { hub, opened, settle, send } = world();
    hub.subscribe("alerts", vi.fn());
    settle();
    send({ topic: "alerts", id: "9", payload: null });
    hub.subscribe("events", vi.fn());
    settle();
    expect(opened[0]?.closed).toBe(true);
    expect(opened[1]?.options.lastEventId).toBe("9");
  });

  it("does not take the late end of an earlier stream for its own, though the topics are the same again", () => {
    const { hub, opened, settle } = world();
    hub.subscribe("alerts", vi.fn());
    settle();
    const leave = hub.subscribe("events", vi.fn());
    settle();
    leave();
    settle();
    opened[2]?.options.onState?.("open");
    opened[0]?.options.onState?.("closed");
    expect(opened[0]?.options.url).toBe(opened[2]?.options.url);
    expect(hub.readStatus().state).toBe("open");
  });

  it("keeps the stream when a page swaps one handler for another of the same topic", () => {
    const { hub, opened, settle } = world();
    const leave = hub.subscribe("alerts", vi.fn());
    settle();
    leave();
    hub.subscribe("alerts", vi.fn());
    settle();
    expect(opened).toHaveLength(1);
  });

  it("closes when nobody listens", () => {
    const { hub, opened, settle } = world();
    const leave = hub.subscribe("alerts", vi.fn());
    settle();
    leave();
    settle();
    expect(opened[0]?.closed).toBe(true);
    expect(hub.readStatus().state).toBe("closed");
  });

  it("reports the current stream's state, not that of the one it replaced", () => {
    const { hub, opened, settle } = world();
    hub.subscribe("alerts", vi.fn());
    settle();
    hub.subscribe("events", vi.fn());
    settle();
    opened[1]?.options.onState?.("open");
    opened[0]?.options.onState?.("closed");
    expect(hub.readStatus().state).toBe("open");
  });

  it("settles by itself after the burst", async () => {
    const opened: string[] = [];
    const hub = new LiveHub((options) => {
      opened.push(options.url);
      return { close: () => undefined, lastEventId: () => null, done: Promise.resolve() };
    });
    hub.subscribe("alerts", vi.fn());
    await Promise.resolve();
    expect(opened).toEqual(["/api/v1/stream?topics=alerts"]);
  });

  it("forgets its place on reset", () => {
    const { hub, opened, settle, send } = world();
    hub.subscribe("alerts", vi.fn());
    settle();
    send({ topic: "alerts", id: "9", payload: null });
    hub.reset();
    settle();
    expect(opened[1]?.options.lastEventId).toBeNull();
  });
});

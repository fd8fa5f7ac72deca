import { describe, expect, it } from "vitest";
import { backoffMs } from "./backoff";
import { openStream, type StreamMessage, type StreamState } from "./stream";

type Step = Response | Error;

function body(...chunks: (string | Uint8Array)[]): Response {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks)
        controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
      controller.close();
    },
  });
  return new Response(stream, { headers: { "content-type": "text/event-stream" } });
}
const status = (code: number) => new Response(code === 204 ? null : "", { status: code });

/** Plays the steps one connection after another; the last must be final so that the stream ends by itself. */
async function play(steps: Step[], extra: { lastEventId?: string } = {}) {
  const messages: StreamMessage[] = [];
  const states: StreamState[] = [];
  const waits: number[] = [];
  const resumed: (string | null)[] = [];
  const stream = openStream({
    url: "/s",
    ...extra,
    onMessage: (message) => messages.push(message),
    onState: (state) => states.push(state),
    random: () => 1,
    wait: async (ms) => {
      waits.push(ms);
    },
    fetcher: async (_url, init) => {
      resumed.push(new Headers(init.headers).get("last-event-id"));
      const step = steps.shift() ?? status(401);
      if (step instanceof Error) throw step;
      return step;
    },
  });
  await stream.done;
  return { messages, states, waits, resumed, stream };
}

describe("openStream", () => {
  it("delivers topic, id and payload", async () => {
    const { messages } = await play([body('id: 7\nevent: alerts\ndata: {"type":"fired"}\n\n')]);
    expect(messages).toEqual([{ topic: "alerts", id: "7", payload: { type: "fired" } }]);
  });

  it("puts chunks together, even inside a Hangul letter", async () => {
    const bytes = new TextEncoder().encode('id: 1\nevent: events\ndata: "경보"\n\n');
    const cut = bytes.length - 6;
    const { messages } = await play([body(bytes.slice(0, cut), bytes.slice(cut))]);
    expect(messages[0]?.payload).toBe("경보");
  });

  it("resumes after the last delivered event", async () => {
    const { resumed } = await play([
      body("id: 1\ndata: 1\n\nid: 2\ndata: 2\n\n"),
      body("id: 3\ndata: 3\n\n"),
    ]);
    expect(resumed).toEqual([null, "2", "3"]);
  });

  it("does not count an event that was cut off", async () => {
    const { resumed, messages } = await play([body("id: 1\ndata: 1\n\nid: 2\ndata: 2")]);
    expect(messages).toHaveLength(1);
    expect(resumed).toEqual([null, "1"]);
  });

  it("starts from a given id", async () => {
    const { resumed } = await play([], { lastEventId: "41" });
    expect(resumed).toEqual(["41"]);
  });

  it("backs off more each time, and starts over after a message", async () => {
    const lost = () => new TypeError("lost");
    const { waits } = await play([lost(), lost(), lost(), body("id: 1\ndata: 1\n\n"), lost()]);
    expect(waits).toEqual([1000, 2000, 4000, 1000, 2000]);
  });

  it("keeps trying through 500, 503 and 429", async () => {
    const { waits, states } = await play([status(500), status(503), status(429)]);
    expect(waits).toHaveLength(3);
    expect(states.at(-1)).toBe("denied");
  });

  it.each([401, 403, 404, 204])("ends for good on %i", async (code) => {
    const { states, waits } = await play([status(code)]);
    expect(states).toEqual(["connecting", "denied"]);
    expect(waits).toEqual([]);
  });

  it("honours the server's retry hint as a minimum", async () => {
    const { waits } = await play([body("retry: 9000\n\n")]);
    expect(waits).toEqual([9000]);
  });

  it("hands on data that is not JSON as text, and ignores comments", async () => {
    const { messages } = await play([body(": keep-alive\n\ndata: hello\n\n")]);
    expect(messages).toEqual([{ topic: "message", id: null, payload: "hello" }]);
  });

  it("stops when closed, also while waiting", async () => {
    const states: StreamState[] = [];
    const stream = openStream({
      url: "/s",
      onMessage: () => undefined,
      onState: (state) => {
        states.push(state);
        if (state === "waiting") stream.close();
      },
      fetcher: async () => {
        throw new TypeError("lost");
      },
    });
    await stream.done;
    expect(states).toEqual(["connecting", "waiting", "closed"]);
  });

  it("remembers its place for whoever opens the next one", async () => {
    const { stream } = await play([body("id: 12\ndata: 1\n\n")]);
    expect(stream.lastEventId()).toBe("12");
  });
});

describe("backoffMs", () => {
  it("stays within half and full of a doubling ceiling", () => {
    for (let attempt = 1; attempt < 20; attempt += 1) {
      const ceiling = Math.min(30_000, 1000 * 2 ** (attempt - 1));
      expect(backoffMs(attempt, () => 0)).toBe(ceiling / 2);
      expect(backoffMs(attempt, () => 1)).toBe(ceiling);
    }
  });
});

// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import { isApiError } from "@/lib/api/problem";
import type { AskEvent } from "./model/progress";
import { ask, eventOf } from "./stream";

const stage = '{"name":"route","status":"ok","took_ms":1}';

function body(parts: readonly string[], end = true): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
      if (end) controller.close();
    },
  });
}

async function told(...answers: (() => Response | Promise<Response>)[]) {
  const events: AskEvent[] = [];
  const sent: (RequestInit & { url: string })[] = [];
  const waits: number[] = [];
  await ask({ text: "CPU?", time_zone: "UTC" }, new AbortController().signal, (event) => events.push(event), {
    fetcher: async (url, init) => {
      sent.push({ ...init, url });
      const answer = answers[Math.min(sent.length, answers.length) - 1];
      if (answer === undefined) throw new TypeError("no answer");
      return answer();
    },
    wait: async (ms) => {
      waits.push(ms);
    },
  });
  return { events, sent, waits };
}

const begun = 'id: 0\nevent: begun\ndata: {"question_id":"q","thread_id":"t"}\n\n';

afterEach(() => {
  // biome-ignore lint/suspicious/noDocumentCookie: the test plays the server that sets it
  document.cookie = "opsloom_csrf=; Max-Age=0";
});

describe("following a question", () => {
  it("tells events in order, wherever the network cuts them", async () => {
    const text = `event: stage\ndata: ${stage}\n\nevent: answer\ndata: {"id":"1","stages":[]}\n\n`;
    const parts = [...text].map((letter) => letter);
    const { events } = await told(() => new Response(body(parts)));
    expect(events.map(({ type }) => type)).toEqual(["stage", "answer"]);
  });

  it("carries the CSRF token", async () => {
    // biome-ignore lint/suspicious/noDocumentCookie: the test plays the server that sets it
    document.cookie = "opsloom_csrf=abc";
    const { sent } = await told(() => new Response(body([])));
    expect(new Headers(sent[0]?.headers).get("x-csrf-token")).toBe("abc");
  });

  it("fails when the stream ends without an answer", async () => {
    const { events } = await told(() => new Response(body([`event: stage\ndata: ${stage}\n\n`])));
    expect(events.map(({ type }) => type)).toEqual(["stage", "failed"]);
  });

  it("fails once when the server says so inside the stream", async () => {
    const problem = '{"status":503,"code":"connection_lost","title":"Gone","detail":"The database is away."}';
    const { events } = await told(() => new Response(body([`event: error\ndata: ${problem}\n\n`])));
    expect(events).toHaveLength(1);
    const [event] = events;
    const error = event?.type === "failed" ? event.error : null;
    expect(isApiError(error) && [error.status, error.code, error.problem.detail]).toEqual([
      503,
      "connection_lost",
      "The database is away.",
    ]);
  });

  it("fails with the problem of a refusal", async () => {
    const { events } = await told(
      () => new Response('{"code":"time_zone_unknown","detail":"No such zone."}', { status: 422 }),
    );
    const [event] = events;
    expect(event?.type === "failed" && isApiError(event.error) && event.error.code).toBe("time_zone_unknown");
  });

  it("fails when the network is gone", async () => {
    const { events } = await told(() => Promise.reject(new TypeError("fetch failed")));
    const [event] = events;
    expect(event?.type === "failed" && isApiError(event.error) && event.error.kind).toBe("network");
  });

  it("goes on after the last event when the connection is lost", async () => {
    const { events, sent, waits } = await told(
      () => new Response(body([begun, `id: 1\nevent: stage\ndata: ${stage}\n\n`])),
      () => Promise.reject(new TypeError("fetch failed")),
      () => new Response(body(['id: 2\nevent: answer\ndata: {"id":"q","stages":[]}\n\n'])),
    );
    expect(events.map(({ type }) => type)).toEqual(["begun", "stage", "answer"]);
    expect(sent.map(({ url }) => url)).toEqual([
      "/api/v1/questions/stream",
      "/api/v1/questions/q/stream",
      "/api/v1/questions/q/stream",
    ]);
    expect(sent.map((one) => new Headers(one.headers).get("last-event-id"))).toEqual([null, "1", "1"]);
    expect(waits).toHaveLength(2);
  });

  it("gives up after some tries", async () => {
    const { events, sent } = await told(
      () => new Response(body([begun])),
      () => Promise.reject(new TypeError("fetch failed")),
    );
    expect(events.map(({ type }) => type)).toEqual(["begun", "failed"]);
    expect(sent).toHaveLength(5);
  });

  it("is left by its signal, with what had come in", async () => {
    const stopper = new AbortController();
    const events: AskEvent[] = [];
    const tell = (event: AskEvent) => {
      events.push(event);
      if (event.type === "stage") stopper.abort();
    };
    const stream = body([`event: stage\ndata: ${stage}\n\n`], false);
    const fetcher = async (_: string, init: RequestInit) => {
      const reader = stream.getReader();
      const cut = new ReadableStream<Uint8Array>({
        async pull(controller) {
          if (init.signal?.aborted === true) return controller.error(new DOMException("stop", "AbortError"));
          const { value } = await reader.read();
          if (value !== undefined) controller.enqueue(value);
        },
      });
      return new Response(cut);
    };
    await ask({ text: "CPU?", time_zone: "UTC" }, stopper.signal, tell, {
      fetcher,
      wait: async () => undefined,
    });
    expect(events.map(({ type }) => type)).toEqual(["stage", "left"]);
  });

  it("does not know other events", () => expect(eventOf({ name: "hello", data: "{}" })).toBeNull());
});

// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApi, dataOf } from "./client";
import { ApiError } from "./problem";
import { createSignal, sessionLost } from "./session";

const json = (value: unknown, status = 200, type = "application/json") =>
  new Response(JSON.stringify(value), { status, headers: { "content-type": type } });
const problem = (status: number, code: string) =>
  json({ title: "t", status, detail: "d", code, trace_id: "x" }, status, "application/problem+json");

let answer: () => Promise<Response>;
let sent: Request[];

const api = createApi("http://127.0.0.1/", (request) => {
  sent.push(request);
  return answer();
});

beforeEach(() => {
  sent = [];
});
afterEach(() => {
  // biome-ignore lint/suspicious/noDocumentCookie: the test plays the server's part
  document.cookie = "opsloom_csrf=; max-age=0";
});

const fails = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
};

describe("the client", () => {
  it("gives the body of a good answer", async () => {
    answer = async () => json({ needed: true });
    expect(await dataOf(api.GET("/api/v1/setup"))).toMatchObject({ needed: true });
  });

  it("sends the CSRF token on unsafe methods only", async () => {
    // biome-ignore lint/suspicious/noDocumentCookie: the test plays the server's part
    document.cookie = "opsloom_csrf=tok";
    answer = async () => new Response(null, { status: 204 });
    await api.POST("/api/v1/auth/logout");
    answer = async () => json({});
    await api.GET("/api/v1/me");
    expect(sent.map((request) => request.headers.get("x-csrf-token"))).toEqual(["tok", null]);
  });

  it("throws the problem", async () => {
    answer = async () => problem(409, "conflict");
    const error = await fails(api.GET("/api/v1/me"));
    expect(error).toMatchObject({ kind: "problem", status: 409, code: "conflict" });
  });

  it("throws unreadable for a page where JSON was promised", async () => {
    answer = async () => new Response("<html>", { status: 200, headers: { "content-type": "text/html" } });
    expect((await fails(api.GET("/api/v1/me"))).kind).toBe("unreadable");
  });

  it("throws a network error when there is no answer", async () => {
    answer = () => Promise.reject(new TypeError("Failed to fetch"));
    expect((await fails(api.GET("/api/v1/me"))).kind).toBe("network");
  });

  it("lets an abort stay an abort", async () => {
    answer = () => Promise.reject(new DOMException("stop", "AbortError"));
    await expect(api.GET("/api/v1/me")).rejects.toMatchObject({ name: "AbortError" });
  });

  it("tells that the session is lost on 401", async () => {
    const lost = vi.fn();
    const end = sessionLost.listen(lost);
    answer = async () => problem(401, "unauthenticated");
    await fails(api.GET("/api/v1/me"));
    end();
    expect(lost).toHaveBeenCalledTimes(1);
  });

  it("does not take a wrong password for a lost session", async () => {
    const lost = vi.fn();
    const end = sessionLost.listen(lost);
    answer = async () => problem(401, "bad_credentials");
    await fails(api.POST("/api/v1/auth/login", { body: { email: "a@b.c", password: "x" } }));
    end();
    expect(lost).not.toHaveBeenCalled();
  });
});

describe("createSignal", () => {
  it("calls every listener until it leaves", () => {
    const signal = createSignal();
    const first = vi.fn();
    const second = vi.fn();
    const end = signal.listen(first);
    signal.listen(second);
    signal.emit();
    end();
    signal.emit();
    expect(first).toHaveBeenCalledTimes(1);
    expect(second).toHaveBeenCalledTimes(2);
  });
});

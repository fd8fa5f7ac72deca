import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "@/generated/api";
import { csrfHeader } from "./cookies";
import { errorFrom, networkError } from "./problem";
import { sessionLost } from "./session";
import { lastTrace } from "./trace";

/** Paths that answer 401 as part of their job: a wrong password is not a lost session. */
const openPaths = ["/api/v1/auth/login", "/api/v1/setup", "/api/v1/auth/refresh"];

function isAbort(error: unknown): boolean {
  return typeof error === "object" && error !== null && "name" in error && error.name === "AbortError";
}

export const problems: Middleware = {
  onRequest({ request }) {
    const header = csrfHeader(request.method, document.cookie);
    if (header !== null) request.headers.set(header[0], header[1]);
    return request;
  },
  async onResponse({ response, schemaPath }) {
    lastTrace.note(response.headers.get("x-trace-id"));
    if (response.ok) {
      const type = response.headers.get("content-type") ?? "";
      if (response.status === 204 || type.includes("json")) return undefined;
      throw errorFrom(response, "");
    }
    const error = errorFrom(response, await response.text());
    if (response.status === 401 && !openPaths.includes(schemaPath)) sessionLost.emit();
    throw error;
  },
  onError({ error }) {
    if (isAbort(error)) return undefined;
    return networkError();
  },
};

export function createApi(baseUrl: string, fetcher?: (request: Request) => Promise<Response>) {
  const client = createClient<paths>({
    baseUrl,
    credentials: "same-origin",
    ...(fetcher === undefined ? {} : { fetch: fetcher }),
  });
  client.use(problems);
  return client;
}

export const api = createApi("/");

/** The body of a call that promises one. The middleware has already thrown for everything else. */
export async function dataOf<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

/** How each kind of query is asked. All of it goes through the one client, with the viewer's session. */
import i18next from "i18next";
import { dataOf } from "@/lib/api/client";
import { csrfHeader } from "@/lib/api/cookies";
import { errorFrom } from "@/lib/api/problem";
import { isItemId } from "@/lib/navigation/item-id";
import type { Client, PageAccess } from "./page";
import type { Query } from "./types";

export interface Answered {
  value: unknown;
  rows: unknown[];
}

/** The server takes these away from what the viewer may do: see `permissions` of a screen. */
export const atMost = "x-permissions-at-most";

type Caller = Pick<PageAccess, "shown" | "api">;
type Asked = Exclude<Query, { type: "stream" }>;

export async function ask(query: Asked, page: Caller, signal: AbortSignal): Promise<Answered> {
  const { api } = page;
  switch (query.type) {
    case "api":
      return callApi(page, query.api, query.parameters ?? {}, signal);
    case "alerts":
      return listed(
        api.GET("/api/v1/alerts", {
          params: {
            query: {
              state: query.states ?? [],
              severity: (query.severities ?? []) as never,
              limit: query.limit ?? 100,
              ...(query.text ? { q: query.text } : {}),
            },
          },
          signal,
        }),
      );
    case "items":
      return listed(
        api.GET("/api/v1/items", {
          params: { query: { limit: query.limit ?? 100, ...(query.text ? { q: query.text } : {}) } },
          signal,
        }),
      );
    case "metric":
      return samples(query, api, signal);
    default: {
      const answer = await dataOf(api.POST("/api/v1/questions", { body: question(query.question), signal }));
      return { value: answer, rows: [] };
    }
  }
}

/** A question of a page stands in no conversation. */
export function question(text: string) {
  const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { text, time_zone, mode: "auto" as const, model: false, new_thread: false };
}

async function listed(sent: Parameters<typeof dataOf>[0]): Promise<Answered> {
  const value = (await dataOf(sent)) as { items: unknown[] };
  return { value, rows: value.items };
}

async function samples(
  query: Extract<Query, { type: "metric" }>,
  api: Client,
  signal: AbortSignal,
): Promise<Answered> {
  const to = new Date();
  const from = new Date(to.getTime() - (query.window_s ?? 3600) * 1000);
  const value = await dataOf(
    api.POST("/api/v1/metrics/query", {
      body: {
        metric: query.metric,
        item_id: await itemId(query.item, api, signal),
        from: from.toISOString(),
        to: to.toISOString(),
        aggregate: query.aggregate ?? "avg",
        step_s: query.step_s ?? null,
      },
      signal,
    }),
  );
  const rows = value.series.flatMap(({ item, unit, points }) =>
    points.map(([time, point]) => ({ time, value: point, item, unit })),
  );
  return { value, rows };
}

/** Items are named by id or by their exact name. */
export async function itemId(named: string, api: Client, signal?: AbortSignal): Promise<string> {
  if (isItemId(named)) return named;
  const found = await dataOf(
    api.GET("/api/v1/items", {
      params: { query: { q: named, limit: 50 } },
      ...(signal === undefined ? {} : { signal }),
    }),
  );
  const exact = found.items.find(({ name }) => name.toLowerCase() === named.toLowerCase());
  if (exact === undefined) throw new Error(i18next.t("screens:problem.item", { name: named }));
  return exact.id;
}

/** Calls a published API as its address says: places in the path first, the rest as query or body. */
export async function callApi(
  { shown }: Pick<Caller, "shown">,
  key: string,
  parameters: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const address = shown.apis[key];
  if (address === undefined) throw new Error(i18next.t("screens:problem.api", { key }));
  const { url, rest } = addressOf(address.path, parameters);
  const isGet = address.method === "GET";
  const query = new URLSearchParams(
    Object.entries(rest)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  ).toString();
  const csrf = csrfHeader(address.method, document.cookie);
  const response = await fetch(`${url}${isGet && query !== "" ? `?${query}` : ""}`, {
    method: address.method,
    credentials: "same-origin",
    headers: {
      accept: "application/json",
      [atMost]: shown.permissions.join(","),
      ...headers,
      ...(isGet ? {} : { "content-type": "application/json" }),
      ...(csrf === null ? {} : { [csrf[0]]: csrf[1] }),
    },
    ...(isGet ? {} : { body: JSON.stringify(rest) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok) throw errorFrom(response, await response.text());
  const value: unknown = await response.json();
  return { value, rows: rowsOf(value) };
}

export function addressOf(path: string, parameters: Readonly<Record<string, unknown>>) {
  const rest = { ...parameters };
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name];
    delete rest[name];
    return encodeURIComponent(String(value ?? ""));
  });
  return { url: `/runtime/${filled}`, rest };
}

/** Rows of an answer: itself, or its `rows`, `items` or `data`. */
export function rowsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== "object" || value === null) return [];
  for (const name of ["rows", "items", "data"]) {
    const found = (value as Record<string, unknown>)[name];
    if (Array.isArray(found)) return found;
  }
  return [];
}

/** What each declared step does. */
import i18next from "i18next";
import { toast } from "@/components/toast/toast";
import { dataOf } from "@/lib/api/client";
import { saveFile } from "@/lib/files/save";
import { type Action, Declined, type Effects, type Locals, messageOf } from "./model/chain";
import type { PageAccess } from "./page";
import { callApi, question } from "./queries";
import { resolved } from "./resolve";
import { inLanguage } from "./use-bound";

export interface Places {
  navigate(to: { slug: string; parameters: Record<string, unknown> } | { path: string }): Promise<void>;
  confirm(text: string, dangerous: boolean): Promise<boolean>;
  /** The address of the screen with a key; null: none is in force. */
  slugOf(key: string): Promise<string | null>;
}

type Page = Pick<PageAccess, "shown" | "api" | "store" | "language" | "refresh">;

export function effectsOf(page: Page, places: Places): Effects {
  const around = ({ event, result, around: outer }: Locals) => ({ ...outer, event, result });
  return {
    resolve: (value, locals) => resolved(value, page.store, around(locals)),
    perform: async (action, locals) => {
      const { when, otherwise, ...rest } = action;
      return perform((await resolved(rest, page.store, around(locals))) as Action, page, places);
    },
    failed: (error) =>
      toast({ tone: "critical", title: i18next.t("screens:problem.step"), text: messageOf(error) }),
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  };
}

async function perform(action: Action, page: Page, places: Places): Promise<unknown> {
  const { store, api } = page;
  switch (action.do) {
    case "call_api": {
      const { value } = await callApi(page, action.api, action.parameters ?? {});
      if (action.into) store.set("state", action.into, value);
      return value;
    }
    case "run_workflow":
      return (
        await callApi(page, action.api, action.parameters ?? {}, undefined, { prefer: "respond-async" })
      ).value;
    case "set_state":
      return store.set("state", action.state, action.value);
    case "merge_state":
      return store.set("state", action.state, {
        ...(store.read().state[action.state] as object | undefined),
        ...(action.value as object),
      });
    case "open":
    case "close":
      return store.set("open", action.component, action.do === "open");
    case "refresh":
      return page.refresh(action.data ?? []);
    case "subscribe":
    case "unsubscribe":
      return store.set("open", `stream:${action.data}`, action.do === "subscribe");
    case "toast":
      return toast({ tone: action.tone ?? "info", title: inLanguage(action.text, page.language) });
    case "confirm":
      if (!(await places.confirm(inLanguage(action.text, page.language), action.dangerous ?? false)))
        throw new Declined();
      return true;
    case "navigate":
      return go(action, places);
    case "download":
      return download(action.rows, action.name ?? "rows", action.format ?? "csv");
    case "acknowledge_alert":
      return dataOf(
        api.POST("/api/v1/alerts/{alert_id}/acknowledge", {
          params: { path: { alert_id: action.alert } },
          body: { comment: action.comment ?? "" } as never,
        }),
      );
    default: {
      const answer = await dataOf(api.POST("/api/v1/questions", { body: question(action.question) }));
      if (action.into) store.set("state", action.into, answer);
      return answer;
    }
  }
}

async function go(action: Extract<Action, { do: "navigate" }>, places: Places): Promise<void> {
  if (action.path) return places.navigate({ path: action.path });
  const slug = await places.slugOf(action.screen ?? "");
  if (slug === null) throw new Error(i18next.t("screens:problem.screen", { key: action.screen ?? "" }));
  return places.navigate({ slug, parameters: action.parameters ?? {} });
}

function download(rows: unknown, name: string, format: "csv" | "json"): void {
  const list = Array.isArray(rows) ? rows : [rows];
  const text = format === "json" ? JSON.stringify(list, null, 2) : csvOf(list);
  const type = format === "json" ? "application/json" : "text/csv";
  saveFile(`${name.replace(/[^\p{L}\p{N}._-]+/gu, "-")}.${format}`, type, text);
}

/** RFC 4180; a cell that a spreadsheet would run as a formula is kept as text. */
export function csvOf(rows: readonly unknown[]): string {
  const records = rows.map((row) => (typeof row === "object" && row !== null ? row : { value: row }));
  const names = [...new Set(records.flatMap((row) => Object.keys(row)))];
  const cell = (value: unknown) => {
    const text =
      value === null || value === undefined
        ? ""
        : typeof value === "object"
          ? JSON.stringify(value)
          : String(value);
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = records.map((row) =>
    names.map((name) => cell((row as Record<string, unknown>)[name])).join(","),
  );
  return `${[names.map(cell).join(","), ...lines].join("\r\n")}\r\n`;
}

import { api } from "@/lib/api/client";
import { isApiError } from "@/lib/api/problem";
import { lastTrace } from "@/lib/api/trace";

const told = new Set<string>();
const mostTold = 20;

/** What the inspector is told of an error that a page ran into; refusals of the server it knows already. Pure. */
export function reportOf(error: unknown, page: string, trace: string | null) {
  if (isApiError(error)) return null;
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: "" };
  return {
    message: (message === "" ? "error" : message).slice(0, 1000),
    page: page.slice(0, 300),
    component: "",
    stack: (stack ?? "").slice(0, 8000),
    last_request: trace,
  };
}

/** Tells the inspector, each error once; that it could not be told is not worth another error. */
export function reportPageError(error: unknown): void {
  const report = reportOf(error, window.location.pathname, lastTrace.read());
  if (report === null || told.size >= mostTold || told.has(report.message)) return;
  told.add(report.message);
  api.POST("/api/v1/page-errors", { body: report }).catch(() => undefined);
}

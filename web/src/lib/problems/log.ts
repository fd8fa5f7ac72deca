/** Failed requests of this browser tab, newest first, for the dock. A ring: the oldest leave. */
import { isApiError } from "@/lib/api/problem";

export interface LoggedProblem {
  id: number;
  at: Date;
  kind: "network" | "unreadable" | "problem" | "other";
  status: number;
  code: string;
  text: string;
  hint: string | null;
  traceId: string | null;
  /** How many times in a row. */
  count: number;
}

const keep = 100;

export function toProblem(error: unknown, id: number, at: Date): LoggedProblem {
  if (!isApiError(error)) {
    const text = error instanceof Error ? error.message : String(error);
    return { id, at, kind: "other", status: 0, code: "", text, hint: null, traceId: null, count: 1 };
  }
  const { status, code, traceId, hint } = error.problem;
  return { id, at, kind: error.kind, status, code, text: error.message, hint, traceId, count: 1 };
}

/** Adds a problem; the same one again only counts up, so that a poll that keeps failing does not push the rest out. */
export function withProblem(list: readonly LoggedProblem[], problem: LoggedProblem): LoggedProblem[] {
  const [latest, ...rest] = list;
  const same =
    latest !== undefined &&
    latest.kind === problem.kind &&
    latest.status === problem.status &&
    latest.code === problem.code &&
    latest.text === problem.text;
  if (same) return [{ ...problem, id: latest.id, count: latest.count + 1 }, ...rest];
  return [problem, ...list].slice(0, keep);
}

let problems: readonly LoggedProblem[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function set(next: readonly LoggedProblem[]): void {
  problems = next;
  for (const listener of listeners) listener();
}

export const problemLog = {
  add(error: unknown): void {
    set(withProblem(problems, toProblem(error, nextId, new Date())));
    nextId += 1;
  },
  clear: () => set([]),
  read: () => problems,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

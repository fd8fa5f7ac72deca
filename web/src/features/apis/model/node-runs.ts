/** What became of each node of a workflow, from a trial's log or from a run. Pure. */
import type { ApiRun, WorkflowRun } from "@/lib/api/types";
import { isObject, type Json } from "@/lib/json/pointer";
import type { Tone } from "@/theme/status";

export type NodeState = WorkflowRun["nodes"][number]["state"];

export interface NodeRun {
  state: NodeState;
  ms: number | null;
  output: unknown;
  error: string | null;
  /** Where it ended; the empty port is the plain end. */
  port: string;
}

const states: readonly NodeState[] = ["running", "waiting", "succeeded", "failed", "skipped", "cancelled"];

export function trialNodes(log: ApiRun["log"]): Map<string, NodeRun> {
  const found = new Map<string, NodeRun>();
  for (const { level, message, fields } of log ?? []) {
    const state = states.find((each) => each === fields["state"]);
    if (level !== "node" || state === undefined) continue;
    found.set(message, {
      state,
      ms: typeof fields["ms"] === "number" ? fields["ms"] : null,
      output: fields["output"] ?? null,
      error: typeof fields["error"] === "string" ? fields["error"] : null,
      port: typeof fields["port"] === "string" ? fields["port"] : "",
    });
  }
  return found;
}

/** The server leaves out an output that is too large to be shown; such a one is no value to go on with. */
export function isWhole(output: unknown): boolean {
  return !(isObject(output as Json) && Object.keys(output as object).join() === "left_out");
}

export function runNodes(nodes: WorkflowRun["nodes"]): Map<string, NodeRun> {
  return new Map(
    nodes.map(({ node_id, state, started_at, ended_at, output, error, port }) => [
      node_id,
      {
        state,
        ms: ended_at === null ? null : Date.parse(ended_at) - Date.parse(started_at),
        output,
        error,
        port,
      },
    ]),
  );
}

const tones: Record<NodeState | "queued", Tone> = {
  queued: "idle",
  running: "info",
  waiting: "warn",
  succeeded: "ok",
  failed: "critical",
  skipped: "idle",
  cancelled: "idle",
};

export function stateTone(state: NodeState | "queued"): Tone {
  return tones[state];
}

const ended: readonly string[] = ["succeeded", "failed", "cancelled"];

export function hasEnded(state: WorkflowRun["state"]): boolean {
  return ended.includes(state);
}

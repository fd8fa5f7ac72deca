/** What became of each node of a workflow, from a trial's log or from a run. Pure. */
import type { ApiRun, WorkflowRun } from "@/lib/api/types";
import type { Tone } from "@/theme/status";

export type NodeState = WorkflowRun["nodes"][number]["state"];

export interface NodeRun {
  state: NodeState;
  ms: number | null;
  output: unknown;
  error: string | null;
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
    });
  }
  return found;
}

export function runNodes(nodes: WorkflowRun["nodes"]): Map<string, NodeRun> {
  return new Map(
    nodes.map(({ node_id, state, started_at, ended_at, output, error }) => [
      node_id,
      {
        state,
        ms: ended_at === null ? null : Date.parse(ended_at) - Date.parse(started_at),
        output,
        error,
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

/** Where the nodes of a workflow stand. Pure. */
import { edgesOf, type Workflow, type WorkflowEdge } from "./workflow";

export const nodeSize = { width: 190, height: 76 } as const;
const step = { x: nodeSize.width + 80, y: nodeSize.height + 34 } as const;

export interface Place {
  x: number;
  y: number;
}

/** Each node right of all that lead to it, near the middle of them. */
export function tidyPlaces(workflow: Workflow): Map<string, Place> {
  const edges = edgesOf(workflow);
  const ids = workflow.nodes.map(({ id }) => id);
  const column = columnsOf(ids, edges);
  const row = new Map<string, number>();
  const last = Math.max(0, ...column.values());
  for (let at = 0; at <= last; at++) {
    const members = ids.filter((id) => column.get(id) === at);
    const wanted = new Map(members.map((id, index) => [id, middle(id, edges, row) ?? index]));
    members.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || ids.indexOf(a) - ids.indexOf(b));
    let free = Number.NEGATIVE_INFINITY;
    for (const id of members) {
      const y = Math.max(wanted.get(id) ?? 0, free);
      row.set(id, y);
      free = y + 1;
    }
  }
  return new Map(
    ids.map((id) => [id, { x: (column.get(id) ?? 0) * step.x, y: Math.round((row.get(id) ?? 0) * step.y) }]),
  );
}

function middle(id: string, edges: readonly WorkflowEdge[], row: ReadonlyMap<string, number>): number | null {
  const rows = edges.filter(({ target }) => target === id).map(({ source }) => row.get(source) ?? 0);
  return rows.length === 0 ? null : rows.reduce((sum, each) => sum + each, 0) / rows.length;
}

/** The longest way to each node. A circle, which only text can say, ends after as many rounds as there are nodes. */
function columnsOf(ids: readonly string[], edges: readonly WorkflowEdge[]): Map<string, number> {
  const column = new Map(ids.map((id) => [id, 0]));
  for (let round = 0; round < ids.length; round++) {
    let changed = false;
    for (const { source, target } of edges) {
      const least = (column.get(source) ?? 0) + 1;
      if (!column.has(target) || (column.get(target) ?? 0) >= least) continue;
      column.set(target, Math.min(least, ids.length));
      changed = true;
    }
    if (!changed) break;
  }
  return column;
}

/** Where nodes are shown: where they were put, or tidied up when some stand on one another. */
export function placesOf(workflow: Workflow): Map<string, Place> {
  const own = workflow.nodes.map(({ id, x, y }) => [id, { x: x ?? 0, y: y ?? 0 }] as const);
  const spots = new Set(own.map(([, { x, y }]) => `${x} ${y}`));
  return spots.size < own.length ? tidyPlaces(workflow) : new Map(own);
}

export function placed(workflow: Workflow, places: ReadonlyMap<string, Place>): Workflow {
  return { ...workflow, nodes: workflow.nodes.map((node) => ({ ...node, ...places.get(node.id) })) };
}

/** A free place right of everything. */
export function freePlace(workflow: Workflow): Place {
  const all = [...placesOf(workflow).values()];
  if (all.length === 0) return { x: 0, y: 0 };
  return { x: Math.max(...all.map(({ x }) => x)) + step.x, y: all.at(-1)?.y ?? 0 };
}

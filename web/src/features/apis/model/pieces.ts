/** Nodes taken out of a drawing to be put into one, the same or another. Pure. */
import { isObject, type Json } from "@/lib/json/pointer";
import { edgesOf, renamed, type Workflow, type WorkflowEdge, type WorkflowNode } from "./workflow";

export interface Piece {
  opsloom: "nodes";
  nodes: WorkflowNode[];
  edges: WorkflowEdge[];
}

/** These nodes with the edges between them; all of them when none is named. */
export function pieceOf(workflow: Workflow, ids: readonly string[]): Piece {
  const wanted = new Set(ids.length === 0 ? workflow.nodes.map(({ id }) => id) : ids);
  return {
    opsloom: "nodes",
    nodes: workflow.nodes.filter(({ id }) => wanted.has(id)),
    edges: edgesOf(workflow).filter(({ source, target }) => wanted.has(source) && wanted.has(target)),
  };
}

/** A piece from a clipboard's text; null for every other text. */
export function readPiece(text: string): Piece | null {
  if (!text.startsWith('{"opsloom":"nodes"')) return null;
  try {
    const found = JSON.parse(text) as Json;
    if (!isObject(found) || !Array.isArray(found["nodes"]) || !Array.isArray(found["edges"])) return null;
    const whole = found["nodes"].every((node) => isObject(node) && typeof node["id"] === "string");
    return whole ? (found as unknown as Piece) : null;
  } catch {
    return null;
  }
}

/** The drawing with a piece in it, a little aside, and the new ids. What in the piece names its own nodes names the new ones. */
export function withPiece(workflow: Workflow, piece: Piece): [Workflow, string[]] {
  const taken = new Set(workflow.nodes.map(({ id }) => id));
  let fresh: Workflow = { ...workflow, nodes: piece.nodes, edges: piece.edges, output: null };
  const ids: string[] = [];
  for (const { id } of piece.nodes) {
    const next = free(id, new Set([...taken, ...fresh.nodes.map((node) => node.id)]), taken);
    fresh = next === id ? fresh : (renamed(fresh, id, next) ?? fresh);
    taken.add(next);
    ids.push(next);
  }
  const aside = fresh.nodes.map((node) => ({ ...node, x: (node.x ?? 0) + 40, y: (node.y ?? 0) + 40 }));
  const durable = fresh.nodes.some(({ type }) => type === "approval") ? true : workflow.durable;
  const edges = [...edgesOf(workflow), ...edgesOf(fresh)];
  return [{ ...workflow, durable, nodes: [...workflow.nodes, ...aside], edges }, ids];
}

function free(id: string, all: ReadonlySet<string>, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id;
  const stem = id.replace(/_\d+$/, "").slice(0, 44);
  let number = 2;
  while (all.has(`${stem}_${number}`)) number++;
  return `${stem}_${number}`;
}

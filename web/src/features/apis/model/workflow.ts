/** A workflow's document, and the changes that the canvas makes to it. Pure: nothing here changes what it is given. */
import { isObject, type Json } from "@/lib/json/pointer";
import type { Logic } from "./logic";

export type Workflow = Extract<Logic, { type: "workflow" }>;
export type WorkflowNode = Workflow["nodes"][number];
export type WorkflowEdge = Required<NonNullable<Workflow["edges"]>[number]>;
export type NodeType = WorkflowNode["type"];

export const nodeTypes: readonly NodeType[] = [
  "api",
  "logic",
  "value",
  "branch",
  "map",
  "wait",
  "approval",
  "notify",
];

export function edgesOf(workflow: Workflow): WorkflowEdge[] {
  return (workflow.edges ?? []).map(({ source, target, port }) => ({ source, target, port: port ?? "" }));
}

/** Where edges may leave a node; the empty port is the plain end. */
export function portsOf(node: WorkflowNode): string[] {
  if (node.type === "branch") return [...node.cases.map(({ port }) => port), "else", "error"];
  return node.type === "approval" ? ["approved", "rejected", "error"] : ["", "error"];
}

const blanks: Record<NodeType, object> = {
  api: { api: "", arguments: {} },
  logic: { logic: { type: "sql", sql: "select name from data.items limit 10" }, arguments: {} },
  value: { value: "params" },
  branch: { cases: [{ port: "yes", when: "true" }] },
  map: { over: "[1, 2, 3]", do: { id: "each", type: "value", value: "item" } },
  wait: { seconds: "1" },
  approval: { message: "'Go on?'" },
  notify: { title: "'Title'", text: "'Text'" },
};

export function withNode(
  workflow: Workflow,
  type: NodeType,
  at: { x: number; y: number },
): [Workflow, string] {
  const taken = new Set(workflow.nodes.map(({ id }) => id));
  let id: string = type;
  for (let number = 2; taken.has(id); number++) id = `${type}_${number}`;
  const node = { id, type, ...at, ...blanks[type] } as unknown as WorkflowNode;
  const durable = type === "approval" ? true : workflow.durable;
  return [{ ...workflow, durable, nodes: [...workflow.nodes, node] }, id];
}

export function withoutNode(workflow: Workflow, id: string): Workflow {
  return {
    ...workflow,
    nodes: workflow.nodes.filter((node) => node.id !== id),
    edges: edgesOf(workflow).filter(({ source, target }) => source !== id && target !== id),
  };
}

/** The node with other content. Edges from ports that it no longer has are gone. */
export function withContent(workflow: Workflow, id: string, node: WorkflowNode): Workflow {
  const nodes = workflow.nodes.map((each) => (each.id === id ? node : each));
  const ports = portsOf(node);
  const edges = edgesOf(workflow).filter(({ source, port }) => source !== id || ports.includes(port));
  return { ...workflow, nodes, edges };
}

const idRule = /^[a-z][a-z0-9_]{0,49}$/;

/** The workflow with a node's new id, also where expressions name it; null when it cannot have that id. */
export function renamed(workflow: Workflow, from: string, to: string): Workflow | null {
  if (!idRule.test(to) || workflow.nodes.some(({ id }) => id === to)) return null;
  const name = new RegExp(`\\bnodes\\.${from}\\b`, "g");
  const inText = (value: Json, key: string): Json => {
    // Code and queries are no expressions.
    if (key === "code" || key === "sql") return value;
    if (typeof value === "string") return value.replace(name, `nodes.${to}`);
    if (Array.isArray(value)) return value.map((each) => inText(each, key));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([each, inner]) => [each, inText(inner, each)]));
  };
  const nodes = workflow.nodes.map((node) => {
    const next = inText(node as unknown as Json, "") as unknown as WorkflowNode;
    return node.id === from ? { ...next, id: to } : next;
  });
  const end = (id: string) => (id === from ? to : id);
  const edges = edgesOf(workflow).map((edge) => ({
    ...edge,
    source: end(edge.source),
    target: end(edge.target),
  }));
  const output =
    typeof workflow.output === "string" ? { output: workflow.output.replace(name, `nodes.${to}`) } : {};
  return { ...workflow, nodes, edges, ...output };
}

/** Everything that a node leads to, itself included. */
function behind(edges: readonly WorkflowEdge[], id: string): Set<string> {
  const found = new Set([id]);
  const queue = [id];
  for (let here = queue.pop(); here !== undefined; here = queue.pop())
    for (const { source, target } of edges)
      if (source === here && !found.has(target)) {
        found.add(target);
        queue.push(target);
      }
  return found;
}

export type Refusal = "circle" | "twice";

/** Why an edge cannot be; null when it can. */
export function refusal(workflow: Workflow, edge: WorkflowEdge): Refusal | null {
  const edges = edgesOf(workflow);
  if (edges.some((each) => sameEdge(each, edge))) return "twice";
  return behind(edges, edge.target).has(edge.source) ? "circle" : null;
}

export function sameEdge(a: WorkflowEdge, b: WorkflowEdge): boolean {
  return a.source === b.source && a.target === b.target && a.port === b.port;
}

export function withEdge(workflow: Workflow, edge: WorkflowEdge): Workflow {
  return { ...workflow, edges: [...edgesOf(workflow), edge] };
}

export function withoutEdge(workflow: Workflow, edge: WorkflowEdge): Workflow {
  return { ...workflow, edges: edgesOf(workflow).filter((each) => !sameEdge(each, edge)) };
}

export function movedTo(workflow: Workflow, id: string, x: number, y: number): Workflow {
  const nodes = workflow.nodes.map((node) => (node.id === id ? { ...node, x, y } : node));
  return { ...workflow, nodes };
}

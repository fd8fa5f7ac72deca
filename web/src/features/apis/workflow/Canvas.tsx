import { type Connection, type Edge, MarkerType, type Node, type NodeChange } from "@xyflow/react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { brokenEdge, Drawing } from "@/components/graph/Drawing";
import { nodeSize, type Place, placesOf } from "../model/layout";
import type { NodeRun } from "../model/node-runs";
import { edgesOf, type Workflow, type WorkflowEdge, type WorkflowNode } from "../model/workflow";
import styles from "./canvas.module.css";
import { NodeBox } from "./NodeBox";

export interface BoxData extends Record<string, unknown> {
  node: WorkflowNode;
  run: NodeRun | undefined;
  chosen: boolean;
  flawed: boolean;
  pinned: boolean;
}
export type FlowNode = Node<BoxData, "step">;

interface Props {
  workflow: Workflow;
  runs: ReadonlyMap<string, NodeRun>;
  /** Nodes that the server found something wrong with. */
  flawed?: ReadonlySet<string>;
  /** Nodes that give a pinned output in trials. */
  pinned?: ReadonlySet<string>;
  selected: string | undefined;
  onSelect(id: string): void;
  /** Left out where nothing may be changed. */
  edit?: {
    move(id: string, to: Place): void;
    connect(edge: WorkflowEdge): void;
    disconnect(edges: WorkflowEdge[]): void;
  };
}

const flowTypes = { step: NodeBox };
const nothing: ReadonlySet<string> = new Set();
const edgeId = ({ source, target, port }: WorkflowEdge) => `${source}:${port}:${target}`;

/** A workflow as a drawing: nodes, their ports, the edges between them, and what became of each node. */
export default function Canvas(props: Props) {
  const { workflow, runs, flawed = nothing, pinned = nothing, selected, onSelect, edit } = props;
  const { t } = useTranslation("apis");
  const [dragged, setDragged] = useState<{ id: string; to: Place } | null>(null);
  const [chosenEdge, setChosenEdge] = useState<string | null>(null);
  const places = useMemo(() => placesOf(workflow), [workflow]);
  const nodes = useMemo(
    () =>
      workflow.nodes.map<FlowNode>((node) => ({
        id: node.id,
        type: "step",
        position: (dragged?.id === node.id ? dragged.to : places.get(node.id)) ?? { x: 0, y: 0 },
        data: boxOf(node, { runs, selected, flawed, pinned }),
        ...nodeSize,
      })),
    [workflow, places, dragged, runs, selected, flawed, pinned],
  );
  const edges = useDrawnEdges(workflow, chosenEdge);
  const follow = (changes: NodeChange<FlowNode>[]) => {
    for (const change of changes)
      if (change.type === "position" && change.position !== undefined)
        setDragged({ id: change.id, to: change.position });
  };
  return (
    <Drawing
      label={t("workflow.canvas")}
      className={styles.canvas}
      nodes={nodes}
      edges={edges}
      nodeTypes={flowTypes}
      onNodesChange={follow}
      onNodeDragStop={(_, node) => {
        setDragged(null);
        edit?.move(node.id, { x: Math.round(node.position.x), y: Math.round(node.position.y) });
      }}
      onNodeClick={(_, node) => onSelect(node.id)}
      onEdgeClick={(_, edge) => setChosenEdge(edge.id)}
      onPaneClick={() => setChosenEdge(null)}
      onEdgesDelete={(gone) => edit?.disconnect(gone.map(edgeOf))}
      onConnect={(connection) => edit?.connect(edgeOf(connection))}
      deleteKeyCode={edit === undefined ? null : ["Delete", "Backspace"]}
      nodesDraggable={edit !== undefined}
      nodesConnectable={edit !== undefined}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={edit !== undefined}
    />
  );
}

interface Known {
  runs: ReadonlyMap<string, NodeRun>;
  selected: string | undefined;
  flawed: ReadonlySet<string>;
  pinned: ReadonlySet<string>;
}

function boxOf(node: WorkflowNode, { runs, selected, flawed, pinned }: Known): BoxData {
  const { id } = node;
  return {
    node,
    run: runs.get(id),
    chosen: id === selected,
    flawed: flawed.has(id),
    pinned: pinned.has(id),
  };
}

function useDrawnEdges(workflow: Workflow, chosen: string | null): Edge[] {
  return useMemo(
    () => edgesOf(workflow).map((edge) => drawn(edge, edgeId(edge) === chosen)),
    [workflow, chosen],
  );
}

function edgeOf({ source, target, sourceHandle }: Connection | Edge): WorkflowEdge {
  return { source, target, port: sourceHandle?.slice(1) ?? "" };
}

/** A handle's id is its port behind a colon: the plain port is empty, and an empty id is none. */
function drawn(edge: WorkflowEdge, chosen: boolean): Edge {
  const { source, target, port } = edge;
  return {
    id: edgeId(edge),
    source,
    target,
    sourceHandle: `:${port}`,
    selected: chosen,
    markerEnd: { type: MarkerType.ArrowClosed },
    ...(port === "" ? {} : { label: port }),
    ...(port === "error" ? { className: brokenEdge } : {}),
  };
}

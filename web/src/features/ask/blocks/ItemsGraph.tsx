import { useNavigate } from "@tanstack/react-router";
import { type Edge, MarkerType, type Node, type NodeProps } from "@xyflow/react";
import { useMemo } from "react";
import { Drawing, Ends } from "@/components/graph/Drawing";
import { layout, nodeSize } from "@/components/graph/layout";
import box from "@/components/graph/node.module.css";
import { isItemId } from "../model/answer";
import styles from "./blocks.module.css";
import type { DrawnBlock } from "./Drawn";

type ItemNode = Node<{ id: string; name: string; type: string; focus: boolean }, "item">;
const nodeTypes = { item: Box };

/** The drawing of a graph or a path; a click leads to the item. */
export default function ItemsGraph({ block }: { block: DrawnBlock }) {
  const navigate = useNavigate();
  const { nodes, edges } = useMemo(() => flowOf(block), [block]);
  return (
    <Drawing
      label={block.title}
      still
      className={(block.type === "path" ? styles.path : styles.graph) ?? ""}
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      onNodeClick={(_, { data }) => {
        if (isItemId(data.id)) void navigate({ to: "/inventory/$itemId", params: { itemId: data.id } });
      }}
    />
  );
}

function flowOf(block: DrawnBlock): { nodes: ItemNode[]; edges: Edge[] } {
  const at = new Map(block.nodes.map(({ id }, index) => [id, index]));
  const ends = block.edges.flatMap(({ source, target, type }) => {
    const from = at.get(source);
    const to = at.get(target);
    return from === undefined || to === undefined ? [] : [{ source: from, target: to, type }];
  });
  const focus = new Set(block.type === "graph" ? block.focus : [block.nodes[0]?.id, block.nodes.at(-1)?.id]);
  const center = Math.max(
    0,
    block.nodes.findIndex(({ id }) => focus.has(id)),
  );
  const places = layout(block.nodes.length, ends, center);
  const nodes = block.nodes.map<ItemNode>(({ id, name, type }, index) => ({
    id: String(index),
    type: "item",
    // A path is a line, whichever way its relations point.
    position:
      block.type === "path" ? { x: index * (nodeSize.width + 90), y: 0 } : (places[index] ?? { x: 0, y: 0 }),
    data: { id, name, type: type ?? "", focus: focus.has(id) },
    ...nodeSize,
  }));
  const edges = ends.map<Edge>(({ source, target, type }, index) => ({
    id: String(index),
    source: String(source),
    target: String(target),
    label: type,
    markerEnd: { type: MarkerType.ArrowClosed },
  }));
  return { nodes, edges };
}

function Box({ data }: NodeProps<ItemNode>) {
  return (
    <button type="button" className={box.node} data-center={data.focus || undefined}>
      <Ends>
        <span className={box.name}>{data.name}</span>
        <span className={box.kind}>{data.type}</span>
      </Ends>
    </button>
  );
}

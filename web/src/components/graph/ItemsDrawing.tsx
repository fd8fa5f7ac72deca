import { useNavigate } from "@tanstack/react-router";
import { type Edge, MarkerType, type Node, type NodeProps } from "@xyflow/react";
import { useMemo } from "react";
import { isItemId } from "@/lib/navigation/item-id";
import { Drawing, Ends } from "./Drawing";
import { layout, nodeSize } from "./layout";
import box from "./node.module.css";

export interface DrawnItems {
  nodes: readonly { id: string; name: string; type?: string | null | undefined }[];
  /** Those whose ends are not among the nodes are left out. */
  edges: readonly { source: string; target: string; type: string }[];
  /** What it is about; the first of them stands in the middle. */
  focus: readonly (string | undefined)[];
  /** One after the other, whichever way the relations point. */
  isPath?: boolean;
}

interface Props {
  label: string;
  drawn: DrawnItems;
  className: string | undefined;
}

type ItemNode = Node<{ id: string; name: string; type: string; focus: boolean }, "item">;
const nodeTypes = { item: Box };

/** Items and their relations; a click on one of the inventory leads to it. `drawn` must be stable. */
export function ItemsDrawing({ label, drawn, className }: Props) {
  const navigate = useNavigate();
  const { nodes, edges } = useMemo(() => flowOf(drawn), [drawn]);
  return (
    <Drawing
      label={label}
      still
      className={className ?? ""}
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      onNodeClick={(_, { data }) => {
        if (isItemId(data.id)) void navigate({ to: "/inventory/$itemId", params: { itemId: data.id } });
      }}
    />
  );
}

function flowOf(drawn: DrawnItems): { nodes: ItemNode[]; edges: Edge[] } {
  const at = new Map(drawn.nodes.map(({ id }, index) => [id, index]));
  const ends = drawn.edges.flatMap(({ source, target, type }) => {
    const from = at.get(source);
    const to = at.get(target);
    return from === undefined || to === undefined ? [] : [{ source: from, target: to, type }];
  });
  const focus = new Set(drawn.focus);
  const center = Math.max(
    0,
    drawn.nodes.findIndex(({ id }) => focus.has(id)),
  );
  const places = layout(drawn.nodes.length, ends, center);
  const nodes = drawn.nodes.map<ItemNode>(({ id, name, type }, index) => ({
    id: String(index),
    type: "item",
    position: drawn.isPath ? { x: index * (nodeSize.width + 90), y: 0 } : (places[index] ?? { x: 0, y: 0 }),
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

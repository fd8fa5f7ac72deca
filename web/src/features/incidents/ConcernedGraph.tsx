import { useNavigate } from "@tanstack/react-router";
import { type Edge, MarkerType, type Node, type NodeProps } from "@xyflow/react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Drawing, Ends } from "@/components/graph/Drawing";
import { layout, nodeSize } from "@/components/graph/layout";
import box from "@/components/graph/node.module.css";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import type { IncidentDetail } from "@/lib/api/types";
import styles from "./incidents.module.css";
import { centerOf, edgesOf } from "./model";

type Concerned = IncidentDetail["items"][number];
type ItemNode = Node<{ item: Concerned }, "item">;

const nodeTypes = { item: Box };

/** The items the alerts are about and what ties them; a click leads to the item. */
export default function ConcernedGraph({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const navigate = useNavigate();
  const { nodes, edges } = useMemo(() => flowOf(incident), [incident]);
  return (
    <Drawing
      label={t("graph.title")}
      still
      className={styles.graph ?? ""}
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      onNodeClick={(_, { data }) =>
        void navigate({ to: "/inventory/$itemId", params: { itemId: data.item.id } })
      }
    />
  );
}

function flowOf(incident: IncidentDetail): { nodes: ItemNode[]; edges: Edge[] } {
  const { items } = incident;
  const ends = edgesOf(incident);
  const places = layout(items.length, ends, centerOf(items));
  const nodes = items.map<ItemNode>((item, index) => ({
    id: String(index),
    type: "item",
    position: places[index] ?? { x: 0, y: 0 },
    data: { item },
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

function Box({ data: { item } }: NodeProps<ItemNode>) {
  const { t, i18n } = useTranslation("incidents");
  return (
    <button type="button" className={box.node} data-center={item.alerts > 0 || undefined}>
      <Ends>
        <span className={box.name}>{item.display_name[i18n.language] ?? item.name}</span>
        <span className={box.kind}>
          {item.severity === null ? item.type : <SeverityBadge severity={item.severity} />}{" "}
          {item.alerts === 0 ? null : t("alertCount", { count: item.alerts })}
        </span>
      </Ends>
    </button>
  );
}

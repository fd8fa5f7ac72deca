import "@xyflow/react/dist/base.css";
import { IconArrowUpRight, IconKey } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import {
  Background,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from "@xyflow/react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { CatalogDiagram } from "@/lib/api/types";
import styles from "./diagram.module.css";
import { placed, tableWidth, visible } from "./model/diagram";

type Table = CatalogDiagram["tables"][number];
type TableNode = Node<{ table: Table }, "table">;

const nodeTypes = { table: TableBox };
const proOptions = { hideAttribution: true };

/** The entity diagram. A table opens in the list of tables. */
export default function EntityGraph({ diagram }: { diagram: CatalogDiagram }) {
  const { t } = useTranslation("catalogs");
  const { nodes, edges } = useMemo(() => flowOf(diagram), [diagram]);
  const navigate = useNavigate();
  const open = (path: string) =>
    void navigate({
      to: ".",
      search: (kept: object) => ({ ...kept, tab: undefined, selected: path }) as never,
    });
  return (
    <div className={styles.frame}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        proOptions={proOptions}
        onNodeClick={(_, node) => open(node.id)}
        onlyRenderVisibleElements
        nodesDraggable={false}
        nodesConnectable={false}
        elementsSelectable={false}
        edgesFocusable={false}
        nodesFocusable={false}
        minZoom={0.1}
        maxZoom={1.5}
        fitView
        fitViewOptions={{ padding: 0.1, maxZoom: 1 }}
        aria-label={t("tab.diagram")}
      >
        <Background gap={20} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

function flowOf({ tables, edges }: CatalogDiagram): { nodes: TableNode[]; edges: Edge[] } {
  const known = new Map(tables.map((table) => [table.path, table]));
  const nodes = placed(tables, edges).flatMap<TableNode>(({ path, x, y, height }) => {
    const table = known.get(path);
    if (table === undefined) return [];
    return [{ id: path, type: "table", position: { x, y }, data: { table }, width: tableWidth, height }];
  });
  return {
    nodes,
    edges: edges.map<Edge>(({ source, target, columns, referred_columns }, index) => ({
      id: String(index),
      source,
      target,
      ariaLabel: `${source} (${columns.join(", ")}) → ${target} (${referred_columns.join(", ")})`,
      markerEnd: { type: MarkerType.ArrowClosed },
    })),
  };
}

function TableBox({ data: { table } }: NodeProps<TableNode>) {
  const { t } = useTranslation("catalogs");
  const { columns, more } = visible(table);
  return (
    <button
      type="button"
      className={styles.table}
      data-off={!table.enabled || undefined}
      data-chosen={table.chosen || undefined}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <span className={styles.head}>{table.path}</span>
      {columns.map(({ name, type, primary, foreign }) => (
        <span key={name} className={styles.line}>
          {primary ? <IconKey size={12} aria-label={t("keys.primary")} /> : null}
          {foreign ? <IconArrowUpRight size={12} aria-label={t("keys.foreign")} /> : null}
          <span className={styles.name}>{name}</span>
          <span className={styles.type}>{type}</span>
        </span>
      ))}
      {more > 0 ? <span className={styles.line}>{t("diagram.more", { count: more })}</span> : null}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </button>
  );
}

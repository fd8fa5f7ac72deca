import { IconArrowUpRight, IconKey } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type Edge, MarkerType, type Node, type NodeProps } from "@xyflow/react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Drawing, Ends } from "@/components/graph/Drawing";
import type { CatalogDiagram } from "@/lib/api/types";
import styles from "./diagram.module.css";
import { placed, tableWidth, visible } from "./model/diagram";

type Table = CatalogDiagram["tables"][number];
type TableNode = Node<{ table: Table }, "table">;

const nodeTypes = { table: TableBox };

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
    <Drawing
      label={t("tab.diagram")}
      still
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      onNodeClick={(_, node) => open(node.id)}
    />
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
      <Ends>
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
      </Ends>
    </button>
  );
}

import { IconLinkOff } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type Edge, MarkerType, type Node, type NodeProps } from "@xyflow/react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { brokenEdge, Drawing, Ends } from "@/components/graph/Drawing";
import { layout, nodeSize } from "@/components/graph/layout";
import styles from "@/components/graph/node.module.css";
import { useKindName, useRoleName } from "@/components/lifecycle/use-kind-name";
import type { AssetGraph } from "@/lib/api/types";

type AssetNode = Node<{ node: AssetGraph["nodes"][number]; center: boolean }, "asset">;

const nodeTypes = { asset: Box };

/** The assets around one, users to the left, what is used to the right. The one asked about comes first in the list. */
export default function LinkGraph({ graph }: { graph: AssetGraph }) {
  const { t } = useTranslation("assets");
  const navigate = useNavigate();
  const roleName = useRoleName();
  const { nodes, edges } = useMemo(() => flowOf(graph, roleName), [graph, roleName]);
  const open = (node: AssetNode) => {
    const { asset_id } = node.data.node;
    if (asset_id !== null && !node.data.center)
      void navigate({
        to: "/assets/$assetId",
        params: { assetId: asset_id },
        search: { tab: "links", as: "graph" },
      });
  };
  return (
    <Drawing
      label={t("links.graph")}
      still
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      onNodeClick={(_, node) => open(node)}
    />
  );
}

function flowOf(
  graph: AssetGraph,
  roleName: (role: string) => string,
): { nodes: AssetNode[]; edges: Edge[] } {
  const places = layout(graph.nodes.length, graph.edges, 0);
  const nodes = graph.nodes.map<AssetNode>((node, index) => ({
    id: String(index),
    type: "asset",
    position: places[index] ?? { x: 0, y: 0 },
    data: { node, center: index === 0 },
    ...nodeSize,
  }));
  const edges = graph.edges.map<Edge>(({ source, target, role }, index) => ({
    id: String(index),
    source: String(source),
    target: String(target),
    label: roleName(role),
    markerEnd: { type: MarkerType.ArrowClosed },
    ...(graph.nodes[target]?.broken === null ? {} : { className: brokenEdge }),
  }));
  return { nodes, edges };
}

function Box({ data: { node, center } }: NodeProps<AssetNode>) {
  const { t } = useTranslation("assets");
  const kindName = useKindName();
  const broken = node.broken ?? null;
  return (
    <button
      type="button"
      className={styles.node}
      data-center={center || undefined}
      data-broken={broken ?? undefined}
      disabled={node.asset_id === null}
    >
      <Ends>
        <span className={styles.name}>{node.name ?? node.key}</span>
        <span className={styles.kind}>
          {kindName(node.kind)}
          {broken === null ? null : (
            <>
              {" "}
              <IconLinkOff size={13} aria-hidden /> {t(`links.${broken}`)}
            </>
          )}
        </span>
      </Ends>
    </button>
  );
}

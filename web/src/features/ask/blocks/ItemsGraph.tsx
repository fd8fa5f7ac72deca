import { useMemo } from "react";
import { ItemsDrawing } from "@/components/graph/ItemsDrawing";
import styles from "./blocks.module.css";
import type { DrawnBlock } from "./Drawn";

/** The drawing of a graph or a path; a click leads to the item. */
export default function ItemsGraph({ block }: { block: DrawnBlock }) {
  const drawn = useMemo(() => {
    const isPath = block.type === "path";
    const focus = isPath ? [block.nodes[0]?.id, block.nodes.at(-1)?.id] : block.focus;
    return { nodes: block.nodes, edges: block.edges, focus, isPath };
  }, [block]);
  const className = block.type === "path" ? styles.path : styles.graph;
  return <ItemsDrawing label={block.title} drawn={drawn} className={className} />;
}

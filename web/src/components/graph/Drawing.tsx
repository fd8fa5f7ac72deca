import "@xyflow/react/dist/base.css";
import {
  Background,
  Controls,
  type Edge,
  Handle,
  type Node,
  Position,
  ReactFlow,
  type ReactFlowProps,
} from "@xyflow/react";
import type { ReactNode } from "react";
import styles from "./drawing.module.css";

interface Props<N extends Node> extends ReactFlowProps<N> {
  /** What screen readers call it. */
  label: string;
  /** Left out for a drawing that people may change. */
  still?: boolean;
  className?: string;
}

const proOptions = { hideAttribution: true };
const fit = { padding: 0.15, maxZoom: 1 };
const stillness = {
  onlyRenderVisibleElements: true,
  nodesDraggable: false,
  nodesConnectable: false,
  elementsSelectable: false,
  edgesFocusable: false,
  nodesFocusable: false,
} as const;

/** Boxes and the arrows between them, in our colours, with the zoom in the corner. */
export function Drawing<N extends Node>({ label, still = false, className, ...flow }: Props<N>) {
  return (
    <div className={className === undefined ? styles.frame : `${styles.frame} ${className}`}>
      <ReactFlow<N, Edge>
        proOptions={proOptions}
        minZoom={0.1}
        maxZoom={1.5}
        fitView
        fitViewOptions={fit}
        aria-label={label}
        {...(still ? stillness : {})}
        {...flow}
      >
        <Background gap={20} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

/** The look of an arrow that leads to something broken, or is taken when something fails. */
export const brokenEdge = styles.broken ?? "";

/** What a box shows, with the places where arrows come in (left) and go out (right). Nobody draws arrows here by hand. */
export function Ends({ children }: { children: ReactNode }) {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} className={styles.hidden} />
      {children}
      <Handle type="source" position={Position.Right} isConnectable={false} className={styles.hidden} />
    </>
  );
}

import { IconAlertTriangle, IconPin } from "@tabler/icons-react";
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import { showText } from "@/lib/format/numbers";
import { nodeSize } from "../model/layout";
import { stateTone } from "../model/node-runs";
import { portsOf } from "../model/workflow";
import type { FlowNode } from "./Canvas";
import styles from "./canvas.module.css";

/** One node: its name, what it is, what became of it, and a handle for each port. */
export function NodeBox({ data: { node, run, chosen, flawed, pinned } }: NodeProps<FlowNode>) {
  const { t, i18n } = useTranslation("apis");
  const ports = portsOf(node);
  return (
    <>
      <Handle type="target" position={Position.Left} />
      <button type="button" className={styles.node} aria-pressed={chosen} data-flawed={flawed || undefined}>
        <span className={styles.name}>
          {node.name === undefined || node.name === "" ? node.id : node.name}
          {pinned ? <IconPin size={14} aria-label={t("workflow.pinned")} /> : null}
          {flawed ? <IconAlertTriangle size={14} aria-label={t("workflow.flawed")} /> : null}
        </span>
        <span className={styles.kind}>{t(`workflow.type.${node.type}`)}</span>
        {run === undefined ? null : (
          <span className={styles.state}>
            <StatusBadge plain tone={stateTone(run.state)} label={t(`workflow.state.${run.state}`)} />
            {run.ms === null ? null : <span className="num">{showText(run.ms, "ms", i18n.language)}</span>}
          </span>
        )}
      </button>
      {ports.map((port, index) => (
        <Handle
          key={port}
          id={`:${port}`}
          type="source"
          position={Position.Right}
          title={port === "" ? t("workflow.out") : port}
          style={{ top: ((index + 1) * nodeSize.height) / (ports.length + 1) }}
          data-port={port === "error" ? "error" : undefined}
        />
      ))}
    </>
  );
}

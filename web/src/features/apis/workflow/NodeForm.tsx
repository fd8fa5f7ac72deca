import { Button, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Flaw } from "@/components/schema/check";
import type { Schema } from "@/components/schema/fields";
import { SchemaForm } from "@/components/schema/SchemaForm";
import type { Json } from "@/lib/json/pointer";
import type { NodeRun } from "../model/node-runs";
import { partOf } from "../model/schema";
import { renamed, type Workflow, type WorkflowNode, withContent, withoutNode } from "../model/workflow";
import { EdgeList } from "./EdgeList";
import styles from "./form.module.css";
import { NodeOutput } from "./NodeOutput";
import { NodeTrial } from "./NodeTrial";
import { useExpressions } from "./use-expressions";
import type { LogicHistory } from "./use-history";

interface Props {
  workflow: Workflow;
  node: WorkflowNode;
  run: NodeRun | undefined;
  runs: ReadonlyMap<string, NodeRun>;
  schema: Schema | null;
  flaws: readonly Flaw[];
  readOnly: boolean;
  history: LogicHistory;
  onSelect(id: string | undefined): void;
}

const definitions: Record<WorkflowNode["type"], string> = {
  api: "ApiNode",
  logic: "LogicNode",
  value: "ValueNode",
  branch: "BranchNode",
  map: "MapNode",
  wait: "WaitNode",
  approval: "ApprovalNode",
  notify: "NotifyNode",
};
/** The id and the place are changed elsewhere; the type is chosen once. */
const elsewhere = ["id", "type", "x", "y", "sample"];

/** The chosen node: what it does, where it leads, and what it gave. */
export function NodeForm(props: Props) {
  const { workflow, node, run, schema, flaws, readOnly, history, onSelect } = props;
  const { t } = useTranslation("apis");
  const part = useMemo(() => partOf(schema, definitions[node.type], elsewhere), [schema, node.type]);
  const textView = useExpressions(workflow, props.runs);
  return (
    <section className={styles.form} aria-label={t("workflow.node", { name: node.id })}>
      <div className={styles.head}>
        <IdField
          key={node.id}
          id={node.id}
          readOnly={readOnly}
          onRename={(id) => {
            const next = renamed(workflow, node.id, id);
            if (next === null) return false;
            history.edit(next, t("workflow.id"));
            onSelect(id);
            return true;
          }}
        />
        {readOnly ? null : (
          <Button
            variant="default"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => {
              history.edit(withoutNode(workflow, node.id), t("workflow.remove"));
              onSelect(undefined);
            }}
          >
            {t("workflow.remove")}
          </Button>
        )}
      </div>
      {readOnly ? null : <NodeTrial node={node.id} durable={workflow.durable ?? false} />}
      <NodeOutput run={run} />
      <EdgeList workflow={workflow} node={node} readOnly={readOnly} history={history} />
      {part === null ? null : (
        <SchemaForm
          schema={part}
          value={node as unknown as Json}
          flaws={flaws}
          readOnly={readOnly}
          textView={textView}
          onChange={(next, pointer) =>
            history.edit(
              withContent(workflow, node.id, next as unknown as WorkflowNode),
              `${node.id}${pointer}`,
            )
          }
        />
      )}
    </section>
  );
}

interface IdProps {
  id: string;
  readOnly: boolean;
  onRename(id: string): boolean;
}

/** Expressions name a node by its id, so a new one is taken only when it is complete. */
function IdField({ id, readOnly, onRename }: IdProps) {
  const { t } = useTranslation("apis");
  const [text, setText] = useState(id);
  const [refused, setRefused] = useState(false);
  const take = () => setRefused(text !== id && !onRename(text));
  return (
    <TextInput
      label={t("workflow.id")}
      value={text}
      readOnly={readOnly}
      spellCheck={false}
      maxLength={50}
      error={refused ? t("workflow.idRule") : undefined}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={take}
    />
  );
}

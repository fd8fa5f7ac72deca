import { ActionIcon, Button, NativeSelect } from "@mantine/core";
import { IconArrowRight, IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  edgesOf,
  portsOf,
  refusal,
  type Workflow,
  type WorkflowNode,
  withEdge,
  withoutEdge,
} from "../model/workflow";
import styles from "./form.module.css";
import type { LogicHistory } from "./use-history";

interface Props {
  workflow: Workflow;
  node: WorkflowNode;
  readOnly: boolean;
  history: LogicHistory;
}

/** Where a node leads: what dragging from a port does, by keyboard. */
export function EdgeList({ workflow, node, readOnly, history }: Props) {
  const { t } = useTranslation("apis");
  const [port, setPort] = useState("");
  const [target, setTarget] = useState("");
  const ports = portsOf(node);
  const from = ports.includes(port) ? port : (ports[0] ?? "");
  const edge = { source: node.id, target, port: from };
  const others = workflow.nodes.filter(
    ({ id }) => refusal(workflow, { source: node.id, target: id, port: from }) === null,
  );
  const portName = (name: string) => (name === "" ? t("workflow.out") : name);
  return (
    <fieldset className={styles.edges}>
      <legend>{t("workflow.leadsTo")}</legend>
      <ul>
        {edgesOf(workflow)
          .filter(({ source }) => source === node.id)
          .map((each) => (
            <li key={`${each.port} ${each.target}`}>
              <span>{portName(each.port)}</span>
              <IconArrowRight size={14} aria-hidden />
              <code>{each.target}</code>
              {readOnly ? null : (
                <ActionIcon
                  aria-label={t("workflow.disconnect", { name: each.target })}
                  onClick={() => history.edit(withoutEdge(workflow, each), t("workflow.edge"))}
                >
                  <IconX size={14} aria-hidden />
                </ActionIcon>
              )}
            </li>
          ))}
      </ul>
      {readOnly || others.length === 0 ? null : (
        <div className={styles.connect}>
          <NativeSelect
            size="xs"
            label={t("workflow.port")}
            value={from}
            onChange={(event) => setPort(event.currentTarget.value)}
            data={ports.map((value) => ({ value, label: portName(value) }))}
          />
          <NativeSelect
            size="xs"
            label={t("workflow.target")}
            value={target}
            onChange={(event) => setTarget(event.currentTarget.value)}
            data={[{ value: "", label: "–" }, ...others.map(({ id }) => id)]}
          />
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            disabled={!others.some(({ id }) => id === target)}
            onClick={() => {
              history.edit(withEdge(workflow, edge), t("workflow.edge"));
              setTarget("");
            }}
          >
            {t("workflow.connect")}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

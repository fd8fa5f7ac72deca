import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { WorkflowRun } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { type NodeRun, stateTone } from "../model/node-runs";
import { NodeOutput } from "../workflow/NodeOutput";
import styles from "./runs.module.css";

interface Props {
  run: WorkflowRun;
  ids: readonly string[];
  runs: ReadonlyMap<string, NodeRun>;
  selected: string | undefined;
  onSelect(id: string | undefined): void;
}

/** Each node with its state; opened, what it gave or why it failed. */
export function NodeTable({ run, ids, runs, selected, onSelect }: Props) {
  const { t, i18n } = useTranslation("apis");
  return (
    <Panel title={run.kind === "workflow" ? t("wfRuns.nodes") : t("wfRuns.items")}>
      <ul className={styles.nodes}>
        {ids.map((id) => {
          const found = runs.get(id);
          const said = run.nodes.find(({ node_id }) => node_id === id);
          return (
            <li key={id}>
              <button
                type="button"
                className={styles.node}
                aria-expanded={selected === id}
                onClick={() => onSelect(selected === id ? undefined : id)}
              >
                <code>{id}</code>
                {found === undefined ? (
                  <StatusBadge plain tone="idle" label={t("wfRuns.notYet")} />
                ) : (
                  <StatusBadge
                    plain
                    tone={stateTone(found.state)}
                    label={t(`workflow.state.${found.state}`)}
                  />
                )}
                <span className={`${styles.ms} num`}>
                  {found?.ms === null || found === undefined ? "" : showText(found.ms, "ms", i18n.language)}
                </span>
              </button>
              {selected === id ? (
                <div className={styles.details}>
                  {said?.decided_by === null || said?.decided_by === undefined ? null : (
                    <p>{t("wfRuns.decided", { name: said.decided_by, comment: said.comment ?? "" })}</p>
                  )}
                  <NodeOutput run={found} />
                </div>
              ) : null}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

import { lazy, Suspense, useMemo } from "react";
import type { TextView } from "@/components/schema/context";
import type { Sample } from "../model/expressions";
import type { NodeRun } from "../model/node-runs";
import type { Workflow } from "../model/workflow";
import styles from "./form.module.css";
import { useNodeTrials, usePins } from "./trials";

const ExpressionInput = lazy(() => import("./ExpressionInput"));

/** Where a node's document holds an expression. */
const places =
  /^\/(do\/)?(arguments\/[^/]+|input|value|over|seconds|until|message|title|text)$|^\/cases\/\d+\/when$/;

/** Expressions are written with what nodes gave the last time, or are pinned to, to choose from. */
export function useExpressions(workflow: Workflow, runs: ReadonlyMap<string, NodeRun>): TextView {
  const trials = useNodeTrials();
  const pins = usePins(trials);
  return useMemo(() => {
    const nodes = new Map<string, unknown>(workflow.nodes.map(({ id }) => [id, runs.get(id)?.output]));
    for (const { node_id, output } of pins) if (nodes.has(node_id)) nodes.set(node_id, output);
    const sample: Sample = { params: trials?.params ?? [], nodes };
    return ({ pointer, ...rest }) =>
      places.test(pointer) ? (
        <Suspense fallback={null}>
          <div className={styles.expression}>
            <ExpressionInput {...rest} sample={sample} />
          </div>
        </Suspense>
      ) : undefined;
  }, [workflow.nodes, runs, pins, trials?.params]);
}

import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import type { Flaw } from "@/components/schema/check";
import { Waiting } from "@/components/state/Waiting";
import { toast } from "@/components/toast/toast";
import type { ApiRun } from "@/lib/api/types";
import { placed, placesOf } from "./model/layout";
import { documentOf, logicFrom } from "./model/logic";
import { trialNodes } from "./model/node-runs";
import { pieceOf, withPiece } from "./model/pieces";
import { partOf } from "./model/schema";
import { movedTo, refusal, type Workflow, withEdge, withoutEdge } from "./model/workflow";
import { apiSchemaQuery } from "./queries";
import type { ApiEditing } from "./use-api-form";
import { useCheck } from "./use-check";
import { Verdict } from "./Verdict";
import { NodeForm } from "./workflow/NodeForm";
import { Tools } from "./workflow/Tools";
import { useNodeTrials, usePins } from "./workflow/trials";
import { useClipboard } from "./workflow/use-clipboard";
import { type LogicHistory, useHistory } from "./workflow/use-history";
import { useUndoKeys } from "./workflow/use-undo-keys";

const LogicText = lazy(() => import("./editor/LogicText"));
const Canvas = lazy(() => import("./workflow/Canvas"));

interface Props {
  editing: ApiEditing;
  logic: Workflow;
  readOnly: boolean;
  trial: ApiRun | null | undefined;
}

/** A workflow as a drawing or as the very same JSON. */
export function WorkflowPanel({ editing: { form }, logic, readOnly, trial }: Props) {
  const { t } = useTranslation("apis");
  const [way, setWay] = useState<"canvas" | "json">("canvas");
  const schema = useQuery(apiSchemaQuery);
  const whole = useMemo(() => partOf(schema.data ?? null, "WorkflowLogic", []), [schema.data]);
  const check = useCheck(form, readOnly, whole);
  const { flaws } = check;
  const document = useMemo(() => documentOf(logic), [logic]);
  const history = useHistory<Workflow>(logic, (next) => form.setFieldValue("logic", next));
  return (
    <Panel
      title={t("workflow.title")}
      note={t("workflow.note")}
      actions={
        <SegmentedControl
          aria-label={t("logic.as")}
          size="xs"
          value={way}
          onChange={(next) => setWay(next === "json" ? "json" : "canvas")}
          data={[
            { value: "canvas", label: t("workflow.canvas") },
            { value: "json", label: t("logic.json") },
          ]}
        />
      }
    >
      <Suspense fallback={<Waiting />}>
        {way === "json" ? (
          <LogicText
            value={document}
            flaws={flaws}
            readOnly={readOnly}
            onChange={(next) => {
              const usable = logicFrom(next, "workflow");
              if (usable?.type !== "workflow") return false;
              history.edit(usable, t("logic.text"));
              return true;
            }}
          />
        ) : (
          <Drawing workflow={logic} history={history} flaws={flaws} readOnly={readOnly} trial={trial} />
        )}
      </Suspense>
      <Verdict form={form} check={check} readOnly={readOnly} />
    </Panel>
  );
}

interface DrawingProps {
  workflow: Workflow;
  history: LogicHistory;
  flaws: readonly Flaw[];
  readOnly: boolean;
  trial: ApiRun | null | undefined;
}

function Drawing({ workflow, history, flaws, readOnly, trial }: DrawingProps) {
  const { t } = useTranslation("apis");
  const [selected, setSelected] = useState<string>();
  const schema = useQuery(apiSchemaQuery);
  useUndoKeys(history, !readOnly);
  usePieces(workflow, history, { selected, select: setSelected, active: !readOnly });
  const trials = useNodeTrials();
  const pins = usePins(trials);
  const last = useMemo(() => trialNodes(trial?.log), [trial]);
  const runs = trials?.outcomes ?? last;
  const pinned = useMemo(() => new Set(pins.map(({ node_id }) => node_id)), [pins]);
  const flawed = useMemo(() => flawedNodes(workflow, flaws), [workflow, flaws]);
  const index = workflow.nodes.findIndex(({ id }) => id === selected);
  const node = workflow.nodes[index];
  const edit = {
    move: (id: string, { x, y }: { x: number; y: number }) =>
      history.edit(movedTo(placed(workflow, placesOf(workflow)), id, x, y), t("workflow.move")),
    connect: (edge: Parameters<typeof withEdge>[1]) => {
      const why = refusal(workflow, edge);
      if (why === null) history.edit(withEdge(workflow, edge), t("workflow.edge"));
      else void toast({ tone: "warn", title: t(`workflow.refused.${why}`) });
    },
    disconnect: (gone: Parameters<typeof withEdge>[1][]) =>
      history.edit(gone.reduce(withoutEdge, workflow), t("workflow.edge")),
  };
  return (
    <>
      {readOnly ? null : <Tools workflow={workflow} history={history} onSelect={setSelected} />}
      <Canvas
        workflow={workflow}
        runs={runs}
        flawed={flawed}
        pinned={pinned}
        selected={selected}
        onSelect={setSelected}
        {...(readOnly ? {} : { edit })}
      />
      {node === undefined ? null : (
        <NodeForm
          workflow={workflow}
          node={node}
          run={runs.get(node.id)}
          runs={runs}
          schema={schema.data ?? null}
          flaws={within(flaws, `/nodes/${index}`)}
          readOnly={readOnly}
          history={history}
          onSelect={setSelected}
        />
      )}
    </>
  );
}

interface Picking {
  selected: string | undefined;
  select(id: string | undefined): void;
  active: boolean;
}

/** Copying the chosen node, or all of them, and putting in what was copied; one step to undo. */
function usePieces(workflow: Workflow, history: LogicHistory, { selected, select, active }: Picking): void {
  const { t } = useTranslation("apis");
  useClipboard(
    {
      copy: () => pieceOf(placed(workflow, placesOf(workflow)), selected === undefined ? [] : [selected]),
      paste: (piece) => {
        const [next, ids] = withPiece(placed(workflow, placesOf(workflow)), piece);
        history.edit(next, t("workflow.paste"));
        select(ids[0]);
      },
    },
    active,
  );
}

function within(flaws: readonly Flaw[], place: string): Flaw[] {
  return flaws
    .filter(({ pointer }) => pointer.startsWith(`${place}/`))
    .map((flaw) => ({ ...flaw, pointer: flaw.pointer.slice(place.length) }));
}

function flawedNodes(workflow: Workflow, flaws: readonly Flaw[]): Set<string> {
  const found = new Set<string>();
  for (const { pointer } of flaws) {
    const node = workflow.nodes[Number(/^\/nodes\/(\d+)/.exec(pointer)?.[1] ?? -1)];
    if (node !== undefined) found.add(node.id);
  }
  return found;
}

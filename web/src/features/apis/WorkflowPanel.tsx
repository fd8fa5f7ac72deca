import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { Waiting } from "@/components/state/Waiting";
import type { ApiRun } from "@/lib/api/types";
import type { Json } from "@/lib/json/pointer";
import { documentOf, type Logic, logicFlaws, logicFrom } from "./model/logic";
import type { ApiEditing } from "./use-api-form";
import { useCheck } from "./use-check";
import { Verdict } from "./Verdict";

const LogicText = lazy(() => import("./editor/LogicText"));

interface Props {
  editing: ApiEditing;
  logic: Logic;
  readOnly: boolean;
  trial: ApiRun | null | undefined;
}

export function WorkflowPanel({ editing: { form }, logic, readOnly }: Props) {
  const { t } = useTranslation("apis");
  const check = useCheck(form, readOnly);
  const flaws = useMemo(() => logicFlaws(check.error, check.data?.findings ?? []), [check.error, check.data]);
  const document = useMemo(() => documentOf(logic), [logic]);
  const change = (next: Json) => {
    const usable = logicFrom(next, "workflow");
    if (usable !== null) form.setFieldValue("logic", usable);
    return usable !== null;
  };
  return (
    <Panel title={t("workflow.title")}>
      <Suspense fallback={<Waiting />}>
        <LogicText value={document} flaws={flaws} readOnly={readOnly} onChange={change} />
      </Suspense>
      <Verdict form={form} check={check} readOnly={readOnly} />
    </Panel>
  );
}

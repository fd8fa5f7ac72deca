import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import type { ApiRun } from "@/lib/api/types";
import styles from "./apis.module.css";
import { HttpPanel } from "./HttpPanel";
import { blankLogic, type LogicType, logicTypes } from "./model/logic";
import { ScriptPanel } from "./ScriptPanel";
import { SqlPanel } from "./SqlPanel";
import type { ApiEditing } from "./use-api-form";
import { WorkflowPanel } from "./WorkflowPanel";

interface Props {
  editing: ApiEditing;
  readOnly: boolean;
  /** What the last trial gave. */
  trial: { data: ApiRun | null | undefined; error: unknown };
  /** What is typed for a trial. */
  values: Record<string, string>;
  onRun(): void;
}

/** The editor that knows the type of logic. */
export function LogicPanel({ editing, readOnly, trial, values, onRun }: Props) {
  const { logic } = editing.form.values;
  switch (logic.type) {
    case "sql":
    case "sql_write":
      return <SqlPanel editing={editing} logic={logic} readOnly={readOnly} values={values} onRun={onRun} />;
    case "script":
      return (
        <ScriptPanel
          editing={editing}
          logic={logic}
          readOnly={readOnly}
          trialError={trial.error}
          onRun={onRun}
        />
      );
    case "http":
      return <HttpPanel editing={editing} logic={logic} readOnly={readOnly} />;
    case "workflow":
      return <WorkflowPanel editing={editing} logic={logic} readOnly={readOnly} trial={trial.data} />;
  }
}

/** What a new API is made of; what was typed for another type comes back when that is chosen again. */
export function TypeChoice({ editing: { form, drafts } }: { editing: ApiEditing }) {
  const { t } = useTranslation("apis");
  const { logic } = form.values;
  const choose = (type: LogicType) => {
    drafts.current[logic.type] = logic;
    form.setFieldValue("logic", drafts.current[type] ?? blankLogic(type));
    // What changes rows answers to POST alone.
    if (type === "sql_write") form.setFieldValue("method", "POST");
  };
  return (
    <Panel title={t("logic.madeOf")} note={t(`logic.about.${logic.type}`)}>
      <div className={styles.inner}>
        <SegmentedControl
          aria-label={t("logic.madeOf")}
          value={logic.type}
          onChange={(next) => {
            const type = logicTypes.find((each) => each === next);
            if (type !== undefined) choose(type);
          }}
          data={logicTypes.map((value) => ({ value, label: t(`logic.name.${value}`) }))}
        />
      </div>
    </Panel>
  );
}

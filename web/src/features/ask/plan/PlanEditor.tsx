import { json } from "@codemirror/lang-json";
import { Button, SegmentedControl } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import CodeEditor from "@/components/code/CodeEditor";
import type { AskPlan } from "@/lib/api/types";
import { planFrom, windowsOf } from "../model/plan";
import styles from "./plan.module.css";
import { StepFields } from "./StepFields";
import { WindowFields } from "./WindowFields";

interface Props {
  plan: AskPlan;
  onRun(plan: AskPlan): void;
  onClose(): void;
}

type View = "form" | "json";
const language = json();
const written = (plan: AskPlan) => JSON.stringify(plan, null, 2);

/** Changes a plan by its usual fields or as JSON. Both are one plan; the server checks it before it runs. */
export default function PlanEditor({ plan: before, onRun, onClose }: Props) {
  const { t } = useTranslation("ask");
  const [text, setText] = useState(() => written(before));
  const [view, setView] = useState<View>("form");
  const read = planFrom(text);
  const plan = "plan" in read ? read.plan : null;
  const change = (next: AskPlan) => setText(written(next));
  return (
    <section className={styles.plan} aria-label={t("plan.edit")}>
      <SegmentedControl
        size="xs"
        aria-label={t("plan.view")}
        value={view}
        onChange={(value) => setView(value === "json" ? "json" : "form")}
        data={[
          { value: "form", label: t("plan.form"), disabled: plan === null },
          { value: "json", label: "JSON" },
        ]}
      />
      {view === "json" || plan === null ? (
        <CodeEditor label={t("plan.json")} language={language} value={text} onChange={setText} />
      ) : (
        <>
          {windowsOf(plan).map((window, index) => (
            <WindowFields key={index.toString()} window={window} plan={plan} onChange={change} />
          ))}
          {plan.steps.map((step) => (
            <StepFields key={step.id} step={step} plan={plan} onChange={change} />
          ))}
        </>
      )}
      {"problem" in read ? (
        <p role="alert" className={styles.problem}>
          {read.problem === "steps" ? t("plan.noSteps") : read.problem}
        </p>
      ) : null}
      <div className={styles.row}>
        <Button
          size="compact-sm"
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          disabled={plan === null}
          onClick={() => {
            if (plan !== null) onRun(plan);
          }}
        >
          {t("plan.run")}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {t("common:action.cancel")}
        </Button>
      </div>
    </section>
  );
}

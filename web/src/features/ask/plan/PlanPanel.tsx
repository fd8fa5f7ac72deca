import { Button } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Waiting } from "@/components/state/Waiting";
import type { AskPlan } from "@/lib/api/types";
import styles from "../ask.module.css";
import { readingOf } from "../model/answer";
import { factsOf } from "../model/plan";
import { ReadingShown } from "../ReadingShown";
import planStyles from "./plan.module.css";

const PlanEditor = lazy(() => import("./PlanEditor"));

interface Props {
  plan: AskPlan;
  onRun(plan: AskPlan): void;
}

/** The plan as it ran, in words; it can be changed and run again without planning. */
export function PlanPanel({ plan, onRun }: Props) {
  const { t } = useTranslation("ask");
  const [editing, setEditing] = useState(false);
  const reading = readingOf({ kind: "planned", plan });
  if (editing)
    return (
      <Suspense fallback={<Waiting lines={6} />}>
        <PlanEditor plan={plan} onRun={onRun} onClose={() => setEditing(false)} />
      </Suspense>
    );
  return (
    <section className={planStyles.plan} aria-label={t("plan.title")}>
      {reading === null ? null : <ReadingShown reading={reading} />}
      <p className={styles.note}>{t(`plan.origin.${plan.origin ?? "deterministic"}`)}</p>
      <ol className={planStyles.planSteps}>
        {plan.steps.map((step) => (
          <li key={step.id}>
            <code>{step.id}</code> {t(`stepKind.${step.kind}`)}
            <span className={planStyles.facts}>
              {factsOf(step).map(([name, text]) => (
                <span key={name}>
                  {name} <code>{text}</code>
                </span>
              ))}
            </span>
          </li>
        ))}
      </ol>
      <div>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPencil size={14} aria-hidden />}
          onClick={() => setEditing(true)}
        >
          {t("plan.edit")}
        </Button>
      </div>
    </section>
  );
}

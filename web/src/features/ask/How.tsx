import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { CopyText } from "@/components/status/CopyText";
import type { Question } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { useMay } from "@/lib/query/me";
import styles from "./ask.module.css";
import { planOf } from "./model/plan";
import { stageLines } from "./model/progress";
import { PlanPanel } from "./plan/PlanPanel";
import { Stages } from "./Stages";
import type { Wanted } from "./use-ask";

/** How a question was answered: its plan, which can be changed and run again, its stages, what it rests on, its trace. */
export function How({ question, onAsk }: { question: Question; onAsk(wanted: Wanted): void }) {
  const { t, i18n } = useTranslation("ask");
  const plan = planOf(question.plan);
  return (
    <details className={styles.how}>
      <summary>{t("how", { time: showText(question.took_ms, "ms", i18n.language) })}</summary>
      <div className={styles.howParts}>
        {plan === null ? null : (
          <PlanPanel
            key={question.id}
            plan={plan}
            onRun={(edited) => onAsk({ text: question.text, plan: edited })}
          />
        )}
        <Stages lines={stageLines({ phase: "answered", stages: question.stages })} />
        {question.assets.length === 0 ? null : (
          <p className={styles.note}>
            {t("assets")}{" "}
            {question.assets.map(({ kind, name, version }) => `${kind} ${name} v${version}`).join(", ")}
          </p>
        )}
        {question.trace_id === null ? null : <Trace id={question.trace_id} />}
      </div>
    </details>
  );
}

function Trace({ id }: { id: string }) {
  const { t } = useTranslation("ask");
  const may = useMay();
  return (
    <span className={styles.note}>
      {t("trace")} <CopyText text={id} />{" "}
      {may("traces.read") ? (
        <Link to="/traces/$traceId" params={{ traceId: id }}>
          {t("openTrace")}
        </Link>
      ) : null}
    </span>
  );
}

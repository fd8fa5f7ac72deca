import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { CopyText } from "@/components/status/CopyText";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { Question } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { useSelection } from "@/lib/navigation/use-selection";
import styles from "./ask.module.css";
import { Blocks } from "./blocks/Blocks";
import { readingOf, toneOf } from "./model/answer";
import { stageLines } from "./model/progress";
import { ReadingShown } from "./ReadingShown";
import { ReferenceDetails } from "./ReferenceDetails";
import { Stages } from "./Stages";

interface Props {
  question: Question;
  onAsk(text: string, itemId: string | null): void;
}

/** A question with its answer. The opened reference stands in the URL. */
export function Answer({ question, onAsk }: Props) {
  const { t } = useTranslation("ask");
  const { selected, select, clear } = useSelection();
  const reference = question.references.find(({ id }) => id === selected);
  return (
    <Panel>
      <article className={styles.answer} data-testid="answer">
        <header className={styles.asked}>
          <h2 lang={question.language}>{question.text}</h2>
          <span className={styles.meta}>
            <StatusBadge tone={toneOf(question.status)} label={t(`status.${question.status}`)} />
            <TimeAgo at={question.asked_at} />
          </span>
        </header>
        <Blocks question={question} onReference={select} onAsk={onAsk} />
        {question.gaps.length === 0 ? null : (
          <ul className={styles.gaps} aria-label={t("gaps")}>
            {question.gaps.map((gap) => (
              <li key={gap.step_id}>
                {gap.what}: {gap.detail}
              </li>
            ))}
          </ul>
        )}
        <How question={question} />
      </article>
      {reference === undefined ? null : (
        <ReferenceDetails
          key={`${question.id} ${reference.id}`}
          question={question}
          reference={reference}
          onClose={clear}
        />
      )}
    </Panel>
  );
}

function How({ question }: { question: Question }) {
  const { t, i18n } = useTranslation("ask");
  const reading = readingOf(question.plan);
  return (
    <details className={styles.how}>
      <summary>{t("how", { time: showText(question.took_ms, "ms", i18n.language) })}</summary>
      <div className={styles.howParts}>
        {reading === null ? null : <ReadingShown reading={reading} />}
        <Stages lines={stageLines({ phase: "answered", stages: question.stages })} />
        {question.trace_id === null ? null : (
          <span className={styles.note}>
            {t("trace")} <CopyText text={question.trace_id} />
          </span>
        )}
      </div>
    </details>
  );
}

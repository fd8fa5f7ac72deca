import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { Question } from "@/lib/api/types";
import { useSelection } from "@/lib/navigation/use-selection";
import styles from "./ask.module.css";
import { Blocks } from "./blocks/Blocks";
import { How } from "./How";
import { toneOf } from "./model/answer";
import { ReferenceDetails } from "./ReferenceDetails";
import type { Wanted } from "./use-ask";

interface Props {
  question: Question;
  onAsk(wanted: Wanted): void;
}

/** A question with its answer. The opened reference stands in the URL, after the question that it belongs to. */
export function Answer({ question, onAsk }: Props) {
  const { t } = useTranslation("ask");
  const { selected, select, clear } = useSelection();
  const reference = question.references.find(({ id }) => `${question.id} ${id}` === selected);
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
        {question.status === "stopped" ? <p className={styles.note}>{t("stopped")}</p> : null}
        <Blocks answer={question} onReference={(id) => select(`${question.id} ${id}`)} onAsk={onAsk} />
        <Gaps question={question} />
        <How question={question} onAsk={onAsk} />
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

/** What is missing, each with the family of its error: what still worked stands above. */
function Gaps({ question }: { question: Question }) {
  const { t } = useTranslation("ask");
  if (question.gaps.length === 0) return null;
  return (
    <ul className={styles.gaps} aria-label={t("gaps")}>
      {question.gaps.map((gap) => (
        <li key={`${gap.step_id} ${gap.what}`}>
          <strong>{t(`family.${gap.family}`, { defaultValue: gap.family })}</strong> {gap.what}: {gap.detail}
        </li>
      ))}
    </ul>
  );
}

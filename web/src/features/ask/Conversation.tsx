import { Button } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { QuestionSummary, ThreadDetail } from "@/lib/api/types";
import { Answer } from "./Answer";
import styles from "./ask.module.css";
import { toneOf } from "./model/answer";
import { questionQuery } from "./queries";
import type { Wanted } from "./use-ask";

/** So many of the newest answers are shown at once; older ones open on request. */
const open = 5;

/** The newest question comes into sight once, when it is there. */
const seen = (line: HTMLLIElement | null) => line?.scrollIntoView({ block: "start" });

interface Props {
  thread: ThreadDetail;
  onAsk(wanted: Wanted): void;
}

/** What was asked and answered, oldest first. */
export function Conversation({ thread, onAsk }: Props) {
  const { questions } = thread;
  const first = Math.max(0, questions.length - open);
  return (
    <ol className={styles.turns}>
      {questions.map((question, index) => (
        <li key={question.id} ref={index > 0 && index === questions.length - 1 ? seen : undefined}>
          <Turn question={question} shown={index >= first} onAsk={onAsk} />
        </li>
      ))}
    </ol>
  );
}

function Turn({
  question,
  shown,
  onAsk,
}: {
  question: QuestionSummary;
  shown: boolean;
  onAsk: Props["onAsk"];
}) {
  const { t } = useTranslation("ask");
  const [opened, setOpened] = useState(shown);
  if (opened) return <Opened id={question.id} onAsk={onAsk} />;
  return (
    <Panel>
      <div className={styles.folded}>
        <span lang={question.language}>{question.text === "" ? "–" : question.text}</span>
        <span className={styles.meta}>
          <StatusBadge plain tone={toneOf(question.status)} label={t(`status.${question.status}`)} />
          <TimeAgo at={question.asked_at} />
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconChevronDown size={14} aria-hidden />}
            onClick={() => setOpened(true)}
          >
            {t("open")}
          </Button>
        </span>
      </div>
    </Panel>
  );
}

function Opened({ id, onAsk }: { id: string; onAsk: Props["onAsk"] }) {
  const question = useQuery(questionQuery(id));
  return <StateView query={question}>{(data) => <Answer question={data} onAsk={onAsk} />}</StateView>;
}

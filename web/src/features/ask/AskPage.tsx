import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { StateView } from "@/components/state/StateView";
import type { ThreadDetail } from "@/lib/api/types";
import { Answer } from "./Answer";
import styles from "./ask.module.css";
import { Conversation } from "./Conversation";
import { QuestionBox } from "./QuestionBox";
import { questionQuery, threadQuery } from "./queries";
import { Running } from "./Running";
import { Suggestions } from "./Suggestions";
import { ThreadHead } from "./threads/ThreadHead";
import { Threads } from "./threads/Threads";
import { useAsk } from "./use-ask";

/** Conversations at the left; the one that is open, or a new one, beside them. */
export default function AskPage() {
  const { t } = useTranslation("ask");
  const { threadId, questionId } = useParams({ strict: false });
  return (
    <Page header={<PageHeader title={t("title")} text={t("text")} />}>
      <div className={styles.frame}>
        <div className={styles.columns}>
          <Threads current={threadId} question={questionId} />
          <div className={styles.stack}>
            {threadId === undefined ? (
              <Beginning questionId={questionId} />
            ) : (
              <OpenThread key={threadId} id={threadId} />
            )}
          </div>
        </div>
      </div>
    </Page>
  );
}

/** A thread that is nowhere yet: its first question makes it. A question that stands in none is shown above the box. */
function Beginning({ questionId }: { questionId: string | undefined }) {
  const asking = useAsk(null);
  const idle = asking.progress.phase === "idle";
  return (
    <>
      {questionId === undefined || !idle ? null : <Lone id={questionId} onAsk={asking.start} />}
      {idle && questionId === undefined ? <Suggestions onAsk={asking.start} /> : null}
      <Running asking={asking} />
      <QuestionBox asking={asking} />
    </>
  );
}

function Lone({ id, onAsk }: { id: string; onAsk: ReturnType<typeof useAsk>["start"] }) {
  const question = useQuery(questionQuery(id));
  return <StateView query={question}>{(data) => <Answer question={data} onAsk={onAsk} />}</StateView>;
}

function OpenThread({ id }: { id: string }) {
  const thread = useQuery(threadQuery(id));
  return <StateView query={thread}>{(data) => <Whole thread={data} />}</StateView>;
}

function Whole({ thread }: { thread: ThreadDetail }) {
  const { t } = useTranslation("ask");
  const asking = useAsk(thread.id);
  return (
    <>
      <ThreadHead thread={thread} />
      <Conversation thread={thread} onAsk={asking.start} />
      <Running asking={asking} />
      {thread.mine ? (
        <QuestionBox asking={asking} />
      ) : (
        <p className={styles.note}>{t("thread.readOnly", { name: thread.owner_name })}</p>
      )}
    </>
  );
}

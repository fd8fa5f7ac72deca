import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import styles from "../ask.module.css";
import { toneOf } from "../model/answer";
import { useLoneQuestions } from "../queries";
import threadsStyles from "./threads.module.css";

/** Questions that stand in no conversation: of before there were any, and of programs. Nothing where there are none. */
export function LoneQuestions({ current }: { current: string | undefined }) {
  const { t } = useTranslation("ask");
  const questions = useLoneQuestions();
  if (questions.data === undefined || questions.data.length === 0) return null;
  return (
    <Panel title={t("lone")}>
      <ol className={threadsStyles.history}>
        {questions.data.map(({ id, text, status, asked_at, language }) => (
          <li key={id} data-current={id === current || undefined}>
            <Link
              to="/ask/$questionId"
              params={{ questionId: id }}
              search={(kept) => ({ ...kept, selected: undefined })}
              aria-current={id === current ? "page" : undefined}
            >
              <span lang={language}>{text === "" ? "–" : text}</span>
            </Link>
            <span className={styles.meta}>
              <StatusBadge plain tone={toneOf(status)} label={t(`status.${status}`)} />
              <TimeAgo at={asked_at} />
            </span>
          </li>
        ))}
      </ol>
      {questions.hasNextPage ? (
        <div className={threadsStyles.more}>
          <Button
            variant="subtle"
            size="compact-xs"
            loading={questions.isFetchingNextPage}
            onClick={() => void questions.fetchNextPage()}
          >
            {t("common:action.loadMore")}
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}

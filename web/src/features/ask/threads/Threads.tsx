import { Button, SegmentedControl } from "@mantine/core";
import { IconPinFilled, IconPlus, IconUsers } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SearchInput } from "@/components/input/SearchInput";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { Thread } from "@/lib/api/types";
import styles from "../ask.module.css";
import { useThreads } from "../queries";
import { LoneQuestions } from "./LoneQuestions";
import threadsStyles from "./threads.module.css";

interface Props {
  current: string | undefined;
  question: string | undefined;
}

/** The reader's conversations, pinned ones first, and those that others share. */
export function Threads({ current, question }: Props) {
  const { t } = useTranslation("ask");
  const [words, setWords] = useState("");
  const [archived, setArchived] = useState(false);
  const threads = useThreads(words, archived);
  return (
    <div className={styles.stack}>
      <Panel title={t("threads.title")} actions={<NewThread />}>
        <div className={threadsStyles.find}>
          <SearchInput key={words} value={words} label={t("threads.search")} onSearch={setWords} />
          <SegmentedControl
            size="xs"
            aria-label={t("threads.which")}
            value={archived ? "archived" : "current"}
            onChange={(value) => setArchived(value === "archived")}
            data={[
              { value: "current", label: t("threads.current") },
              { value: "archived", label: t("threads.archived") },
            ]}
          />
        </div>
        <StateView
          query={threads}
          compact
          isEmpty={(rows) => rows.length === 0}
          empty={<NoThreads filtered={words !== "" || archived} />}
        >
          {(rows) => (
            <>
              <ol className={threadsStyles.history}>
                {rows.map((thread) => (
                  <Row key={thread.id} thread={thread} current={thread.id === current} />
                ))}
              </ol>
              {threads.hasNextPage ? (
                <div className={threadsStyles.more}>
                  <Button
                    variant="subtle"
                    size="compact-xs"
                    loading={threads.isFetchingNextPage}
                    onClick={() => void threads.fetchNextPage()}
                  >
                    {t("common:action.loadMore")}
                  </Button>
                </div>
              ) : null}
            </>
          )}
        </StateView>
      </Panel>
      <LoneQuestions current={question} />
    </div>
  );
}

function NewThread() {
  const { t } = useTranslation("ask");
  return (
    <Button
      component={Link}
      to="/ask"
      size="compact-xs"
      variant="default"
      leftSection={<IconPlus size={14} aria-hidden />}
    >
      {t("threads.new")}
    </Button>
  );
}

function NoThreads({ filtered }: { filtered: boolean }) {
  const { t } = useTranslation("ask");
  const which = filtered ? "filtered" : "none";
  return (
    <EmptyState
      kind={filtered ? "filtered" : "nothing"}
      compact
      title={t(`threads.${which}.title`)}
      text={t(`threads.${which}.text`)}
    />
  );
}

function Row({ thread, current }: { thread: Thread; current: boolean }) {
  const { t } = useTranslation("ask");
  return (
    <li data-current={current || undefined}>
      <Link
        to="/ask/threads/$threadId"
        params={{ threadId: thread.id }}
        search={(kept) => ({ ...kept, selected: undefined })}
        aria-current={current ? "page" : undefined}
      >
        {thread.title}
      </Link>
      <span className={styles.meta}>
        {thread.pinned ? <IconPinFilled size={13} aria-label={t("thread.pinned")} /> : null}
        {thread.shared ? <IconUsers size={13} aria-label={t("thread.shared")} /> : null}
        {thread.mine ? null : thread.owner_name}
        <TimeAgo at={thread.asked_at} />
      </span>
    </li>
  );
}

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import styles from "./ask.module.css";
import { toneOf } from "./model/answer";
import { useHistory } from "./queries";

/** What this reader asked before; each answer is kept with its evidence. */
export function History({ current }: { current: string | undefined }) {
  const { t } = useTranslation("ask");
  const history = useHistory();
  return (
    <Panel title={t("history.title")}>
      <StateView
        query={history}
        compact
        isEmpty={(rows) => rows.length === 0}
        empty={
          <EmptyState kind="nothing" compact title={t("history.none.title")} text={t("history.none.text")} />
        }
      >
        {(rows) => (
          <>
            <ol className={styles.history}>
              {rows.map(({ id, text, status, asked_at, language }) => (
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
            {history.hasNextPage ? (
              <div className={styles.more}>
                <Button
                  variant="subtle"
                  size="compact-xs"
                  loading={history.isFetchingNextPage}
                  onClick={() => void history.fetchNextPage()}
                >
                  {t("common:action.loadMore")}
                </Button>
              </div>
            ) : null}
          </>
        )}
      </StateView>
    </Panel>
  );
}

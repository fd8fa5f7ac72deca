import { Button } from "@mantine/core";
import { IconClockExclamation } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { TimeAgo } from "../status/TimeAgo";
import { FailedState } from "./FailedState";
import styles from "./state.module.css";
import { Waiting } from "./Waiting";

/** What StateView needs of a query; every TanStack query result fits. */
export interface QueryLike<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  dataUpdatedAt: number;
  refetch(): unknown;
}

interface Props<T> {
  query: QueryLike<T>;
  /** Shown instead of the children when `isEmpty(data)`. */
  empty?: ReactNode;
  isEmpty?: (data: T) => boolean;
  waiting?: ReactNode;
  compact?: boolean;
  children: (data: T) => ReactNode;
}

/** Loading, failed, denied, empty or the data. When a refresh fails, the old data stays and says how old it is. */
export function StateView<T>({ query, empty, isEmpty, waiting, compact = false, children }: Props<T>) {
  const { data, error } = query;
  const retry = () => void query.refetch();
  if (data === undefined) {
    if (error !== null && error !== undefined)
      return <FailedState error={error} onRetry={retry} compact={compact} />;
    return waiting ?? <Waiting />;
  }
  const content = empty !== undefined && isEmpty?.(data) === true ? empty : children(data);
  const stale = error !== null && error !== undefined;
  // The content keeps its place in the tree: an editor in it must not begin anew because a refresh failed.
  return (
    <>
      {stale ? <StaleNotice at={new Date(query.dataUpdatedAt)} onRetry={retry} /> : null}
      {content}
    </>
  );
}

function StaleNotice({ at, onRetry }: { at: Date; onRetry(): void }) {
  const { t } = useTranslation("common");
  return (
    <div className={styles.stale} role="status">
      <IconClockExclamation size={16} aria-hidden />
      <span>
        {t("state.stale")} <TimeAgo at={at} />
      </span>
      <Button variant="subtle" size="compact-xs" color="gray" onClick={onRetry}>
        {t("action.retry")}
      </Button>
    </div>
  );
}

import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { isApiError } from "@/lib/api/problem";
import { CopyText } from "../status/CopyText";
import { EmptyState } from "./EmptyState";
import { useProblemText } from "./problem-text";
import styles from "./state.module.css";

interface Props {
  error: unknown;
  onRetry?: (() => void) | undefined;
  compact?: boolean;
}

/** What went wrong, what may help, and the trace id to hand to whoever runs the server. */
export function FailedState({ error, onRetry, compact = false }: Props) {
  const { t } = useTranslation("common");
  const { title, text, hint } = useProblemText(error);
  const traceId = isApiError(error) ? error.problem.traceId : null;
  const denied = isApiError(error) && error.status === 403;
  return (
    <EmptyState
      kind={denied ? "denied" : "failed"}
      title={title}
      text={hint === null ? text : `${text} ${hint}`}
      compact={compact}
      action={
        onRetry === undefined || denied ? null : (
          <Button variant="default" leftSection={<IconRefresh size={15} aria-hidden />} onClick={onRetry}>
            {t("action.retry")}
          </Button>
        )
      }
    >
      {traceId === null ? null : (
        <span className={styles.trace}>
          {t("error.trace")} <CopyText text={traceId} />
        </span>
      )}
    </EmptyState>
  );
}

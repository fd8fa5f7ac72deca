import { Alert } from "@mantine/core";
import { IconAlertOctagon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { isApiError } from "@/lib/api/problem";
import { CopyText } from "../status/CopyText";
import { useProblemText } from "./problem-text";
import styles from "./state.module.css";

/** A failed action, said beside the button that was pressed. Nothing when there is no error. */
export function ProblemNotice({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  return <Shown error={error} />;
}

function Shown({ error }: { error: unknown }) {
  const { t } = useTranslation("common");
  const { title, text, hint } = useProblemText(error);
  const traceId = isApiError(error) && error.status >= 500 ? error.problem.traceId : null;
  return (
    <Alert color="danger" variant="light" role="alert" title={title} icon={<IconAlertOctagon aria-hidden />}>
      {text} {hint}
      {traceId === null ? null : (
        <div className={styles.trace}>
          {t("error.trace")} <CopyText text={traceId} />
        </div>
      )}
    </Alert>
  );
}

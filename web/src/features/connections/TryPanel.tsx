import { Button } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { ConnectionTest } from "@/lib/api/types";
import styles from "./connections.module.css";
import { LastTest } from "./Health";
import { StepsList } from "./StepsList";

interface Props {
  test: ConnectionTest | undefined;
  pending: boolean;
  error: unknown;
  children: ReactNode;
}

/** The test of what is on the form beside it, and what is done with it then. */
export function TryPanel({ test, pending, error, children }: Props) {
  const { t } = useTranslation("connections");
  return (
    <div className={styles.sticky}>
      <Panel title={t("test.title")} note={test === undefined ? undefined : <LastTest test={test} />}>
        <div className={styles.inner} aria-busy={pending}>
          <div className={styles.actions}>
            <Button
              type="submit"
              variant="default"
              leftSection={<IconPlayerPlay size={15} aria-hidden />}
              loading={pending}
            >
              {t("test.do")}
            </Button>
          </div>
          <ProblemNotice error={error} />
          <div aria-live="polite">
            {test === undefined ? (
              <p className={styles.note}>{t("test.why")}</p>
            ) : (
              <StepsList steps={test.steps} />
            )}
          </div>
          {children}
        </div>
      </Panel>
    </div>
  );
}

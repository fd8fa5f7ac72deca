import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import styles from "./ask.module.css";
import { readingOf } from "./model/answer";
import { stageLines } from "./model/progress";
import { ReadingShown } from "./ReadingShown";
import { Stages } from "./Stages";
import type { Asking } from "./use-ask";

/** A question under way, or one that was stopped or failed: what has arrived stays. */
export function Running({ asking }: { asking: Asking }) {
  const { t } = useTranslation("ask");
  const { progress, start } = asking;
  if (progress.phase === "idle" || progress.phase === "answered") return null;
  const reading = readingOf(progress.decision);
  return (
    <Panel title={progress.text}>
      <div className={styles.inner} aria-live="polite" data-testid="progress">
        <Stages lines={stageLines(progress)} />
        {reading === null ? null : <ReadingShown reading={reading} />}
        {progress.phase === "stopped" ? <p className={styles.note}>{t("stopped")}</p> : null}
        <ProblemNotice error={progress.error} />
        {progress.phase === "running" ? null : (
          <div>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconRefresh size={14} aria-hidden />}
              onClick={() => start(progress.text)}
            >
              {t("again")}
            </Button>
          </div>
        )}
      </div>
    </Panel>
  );
}

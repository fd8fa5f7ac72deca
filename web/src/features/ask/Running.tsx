import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import styles from "./ask.module.css";
import { Blocks } from "./blocks/Blocks";
import { readingOf } from "./model/answer";
import { stageLines } from "./model/progress";
import { ReadingShown } from "./ReadingShown";
import { Stages } from "./Stages";
import type { Asking } from "./use-ask";

/** Whoever asks sees at once that it is read; after that the page stays where the reader scrolls it. */
const inSight = (panel: HTMLDivElement | null) => panel?.scrollIntoView({ block: "nearest" });

/** A question under way, or one that failed: what has arrived stays. */
export function Running({ asking }: { asking: Asking }) {
  const { t } = useTranslation("ask");
  const { progress } = asking;
  if (progress.phase === "idle" || progress.phase === "answered") return null;
  const reading = readingOf(progress.decision);
  const { soFar } = progress;
  return (
    <Panel title={progress.text}>
      <div className={styles.inner} data-testid="progress" ref={inSight}>
        <div aria-live="polite">
          <Stages lines={stageLines(progress)} />
        </div>
        {reading === null ? null : <ReadingShown reading={reading} />}
        {progress.steps.length === 0 ? null : (
          <ul className={styles.steps} aria-label={t("steps")}>
            {progress.steps.map(({ step_id, tool, rows }) => (
              <li key={step_id}>
                <code>{step_id}</code> {t("step.done", { tool, count: rows })}
              </li>
            ))}
          </ul>
        )}
        {soFar === null ? null : (
          <section aria-label={t("soFar")}>
            <p className={styles.note}>{t("soFar")}</p>
            <Blocks
              answer={{ ...soFar, language: null }}
              onReference={() => undefined}
              onAsk={asking.start}
            />
          </section>
        )}
        <ProblemNotice error={progress.error} />
        {progress.phase === "running" ? null : (
          <div>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconRefresh size={14} aria-hidden />}
              onClick={asking.again}
            >
              {t("again")}
            </Button>
          </div>
        )}
      </div>
    </Panel>
  );
}

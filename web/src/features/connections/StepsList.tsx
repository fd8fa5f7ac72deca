import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ConnectionStep } from "@/lib/api/types";
import styles from "./connections.module.css";
import { useWord } from "./words";

/** The steps of a test, in order: what was tried, what came of it, how long it took. It ends with the first that failed. */
export function StepsList({ steps }: { steps: readonly ConnectionStep[] }) {
  const { t, i18n } = useTranslation("connections");
  const word = useWord();
  const milliseconds = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  return (
    <ol className={styles.steps} aria-label={t("test.steps")}>
      {steps.map(({ name, ok, detail, ms }) => {
        const Icon = ok ? IconCircleCheck : IconCircleX;
        return (
          <li key={name} data-ok={ok}>
            <Icon size={16} aria-hidden />
            <span className={styles.stepName}>{word("step", name)}</span>
            <span className={styles.stepState}>{t(ok ? "test.ok" : "test.bad")}</span>
            <span className={styles.stepDetail}>{detail}</span>
            <span className={`${styles.stepMs} num`}>{t("ms", { value: milliseconds.format(ms) })}</span>
          </li>
        );
      })}
    </ol>
  );
}

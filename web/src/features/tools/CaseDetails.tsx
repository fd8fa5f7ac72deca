import { Code } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Inspector } from "@/components/inspector/Inspector";
import type { ToolCase } from "@/lib/api/types";
import type { Json } from "@/lib/json/pointer";
import { pretty } from "./model";
import styles from "./tools.module.css";

/** A case with its arguments, what it expects, and where the last result was different. */
export function CaseDetails({
  shown,
  action,
  onClose,
}: {
  shown: ToolCase;
  action: ReactNode;
  onClose(): void;
}) {
  const { t } = useTranslation("tools");
  const { outcome } = shown;
  return (
    <Inspector title={shown.name} onClose={onClose}>
      <div className={styles.inner}>
        <h3 className={styles.heading}>{t("field.input")}</h3>
        <Code block className={styles.code} tabIndex={0}>
          {pretty(shown.arguments as Json)}
        </Code>
        <h3 className={styles.heading}>{t("expect.label")}</h3>
        <Code block className={styles.code} tabIndex={0}>
          {pretty(shown.expectation as Json)}
        </Code>
        {outcome === null || outcome === undefined ? null : (
          <>
            <h3 className={styles.heading}>{t("cases.outcome")}</h3>
            <p className={outcome.passed ? styles.good : styles.bad}>
              {outcome.passed ? t("cases.passed") : t("cases.failed")} {outcome.code} {outcome.detail}
            </p>
            {outcome.differences.length === 0 ? null : (
              <Code block className={styles.code} tabIndex={0}>
                {pretty(outcome.differences as Json)}
              </Code>
            )}
          </>
        )}
        {action}
      </div>
    </Inspector>
  );
}

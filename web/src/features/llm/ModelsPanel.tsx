import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { LlmModel } from "@/lib/api/types";
import styles from "./llm.module.css";
import { standingOf, standingTones } from "./model";

/** The models of the policy in the order in which they are asked, each with its circuit breaker. */
export function ModelsPanel({ models }: { models: readonly LlmModel[] }) {
  const { t } = useTranslation("llm");
  return (
    <Panel
      title={t("models.title")}
      actions={
        <Link className={styles.link} to="/connections" search={{ type: "model" }}>
          {t("models.all")}
        </Link>
      }
    >
      <ul className={styles.models}>
        {models.map((model, place) => (
          <li key={model.connection} className={styles.model}>
            <StatusBadge
              tone={standingTones[standingOf(model)]}
              label={t(`models.standing.${standingOf(model)}`)}
            />
            <strong>{model.connection}</strong>
            {model.model === null ? null : (
              <span>
                {t(`models.provider.${model.provider}`)} · <code>{model.model}</code>
              </span>
            )}
            <span className={styles.quiet}>{place === 0 ? t("models.first") : t("models.fallback")}</span>
            {model.fault === null ? null : <span>{model.fault}</span>}
            {model.retry_after_s > 0 ? (
              <span className={styles.quiet}>
                {t("models.again", { seconds: Math.ceil(model.retry_after_s) })}
              </span>
            ) : null}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import type { LlmState } from "@/lib/api/types";
import styles from "./llm.module.css";
import { dollars, shareOf, type Used, usedOf } from "./model";

/** Today's budget: what is taken, what calls under way hold, and how much there is. */
export function BudgetPanel({ budget }: { budget: NonNullable<LlmState["budget"]> }) {
  const { t } = useTranslation("llm");
  return (
    <Panel title={t("budget.title", { day: budget.day })}>
      <div className={styles.budget}>
        {usedOf(budget).map((used) => (
          <Bar key={used.id} used={used} />
        ))}
        {budget.cost_per_day === null ? <p className={styles.quiet}>{t("budget.noCost")}</p> : null}
      </div>
    </Panel>
  );
}

function Bar({ used }: { used: Used }) {
  const { t, i18n } = useTranslation("llm");
  const part = shareOf(used);
  const write = (value: number) =>
    used.id === "cost" ? dollars(value, i18n.language) : value.toLocaleString(i18n.language);
  return (
    <div className={styles.line}>
      <span>{t(`budget.${used.id}`)}</span>
      <span className={styles.bar} aria-hidden>
        <span
          className={styles.fill}
          data-tone={part >= 1 ? "critical" : part >= 0.8 ? "warn" : "ok"}
          style={{ width: `${part * 100}%` }}
        />
      </span>
      <span className="num">
        {t("budget.of", { used: write(used.used), allowed: write(used.allowed) })}
        {used.held > 0 ? ` · ${t("budget.held", { held: write(used.held) })}` : ""}
      </span>
    </div>
  );
}

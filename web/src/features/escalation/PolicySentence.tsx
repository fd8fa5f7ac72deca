import { useTranslation } from "react-i18next";
import type { EscalationPolicy, EscalationTarget } from "@/lib/api/types";
import styles from "./escalation.module.css";
import { severities } from "./model";
import { useTargets } from "./queries";

/** A policy as people would say it. */
export function PolicySentence({ policy }: { policy: EscalationPolicy }) {
  const { t } = useTranslation("escalation");
  const { nameOf } = useTargets();
  const named = (targets: readonly EscalationTarget[]) => targets.map(nameOf).join(", ");
  return (
    <div className={styles.sentence}>
      <p>
        <WhichIncidents policy={policy} />
      </p>
      <ol>
        {policy.steps.map(({ after_min, targets }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the policy
          <li key={place}>
            <span className={styles.when}>{t("after", { count: after_min ?? 0 })}</span> {named(targets)}
          </li>
        ))}
      </ol>
      {(policy.repeats ?? 0) === 0 ? null : (
        <p>{t("again", { count: policy.repeats ?? 0, minutes: policy.repeat_after_min ?? 0 })}</p>
      )}
      {severities.map((severity) => {
        const sla = policy.sla?.[severity];
        if (sla === undefined) return null;
        const parts = [
          typeof sla.acknowledge_min === "number"
            ? t("within.acknowledge", { count: sla.acknowledge_min })
            : "",
          typeof sla.resolve_min === "number" ? t("within.resolve", { count: sla.resolve_min }) : "",
        ].filter(Boolean);
        return (
          <p key={severity}>
            {t(`common:severity.${severity}`)}: {parts.join(", ")}
            {(policy.breach_targets ?? []).length === 0
              ? ""
              : ` – ${t("otherwise", { told: named(policy.breach_targets ?? []) })}`}
          </p>
        );
      })}
    </div>
  );
}

function WhichIncidents({ policy }: { policy: EscalationPolicy }) {
  const { t } = useTranslation("escalation");
  const named = (policy.severities ?? []).map((each) => t(`common:severity.${each}`)).join(", ");
  const labels = Object.entries(policy.labels ?? {})
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ");
  const which = named === "" ? t("which.all") : t("which.severities", { severities: named });
  return <>{labels === "" ? which : t("which.labels", { which, labels })}</>;
}

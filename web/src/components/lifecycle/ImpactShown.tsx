import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { AssetImpact } from "@/lib/api/types";
import { ChangeList } from "../diff/ChangeList";
import { StatusBadge } from "../status/StatusBadge";
import styles from "./lifecycle.module.css";
import { diffQuery, type Step, type Stepping } from "./steps";
import { useKindName } from "./use-kind-name";

interface Props {
  asset: Stepping;
  step: Step;
  impact: AssetImpact;
}

/** Who uses the asset and what the step would do to them; why it is refused, if it is; and what would change in it. */
export function ImpactShown({ asset, step, impact }: Props) {
  const { t, i18n } = useTranslation("lifecycle");
  return (
    <div className={styles.impact}>
      {impact.allowed ? null : (
        <Alert
          color="danger"
          variant="light"
          role="alert"
          icon={<IconAlertTriangle aria-hidden />}
          title={
            i18n.exists(`lifecycle:impact.code.${impact.code}`)
              ? t(`impact.code.${impact.code}`)
              : t("impact.refused")
          }
        >
          {impact.reason}
        </Alert>
      )}
      <p className={styles.plain}>
        {impact.dependants_total === 0
          ? t(`step.${step.action}.quiet`)
          : t("impact.users", { count: impact.dependants_total, breaks: impact.breaks_total })}
      </p>
      {impact.breaking.length === 0 ? null : (
        <ul className={styles.breaking} aria-label={t("impact.breaking")}>
          {impact.breaking.map(({ part, reason }) => (
            <li key={`${part} ${reason}`}>
              <code>{part}</code> {reason}
            </li>
          ))}
        </ul>
      )}
      <Dependants impact={impact} />
      {step.action === "publish" || step.action === "rollback" ? <Changes asset={asset} step={step} /> : null}
    </div>
  );
}

function Dependants({ impact }: { impact: AssetImpact }) {
  const { t } = useTranslation("lifecycle");
  const kindName = useKindName();
  if (impact.dependants.length === 0) return null;
  const more = impact.dependants_total - impact.dependants.length;
  return (
    <ul className={`${styles.outcomes} ${styles.many}`} aria-label={t("impact.dependants")}>
      {impact.dependants.map((each) => (
        <li key={each.id}>
          <span className={styles.grow}>
            <span>
              <a className={styles.link} href={`/assets/${each.id}`} target="_blank" rel="noreferrer">
                {each.name}
              </a>{" "}
              <span className={styles.note}>{kindName(each.kind)}</span>
            </span>
            {each.reasons.map((reason) => (
              <span key={reason} className={styles.bad}>
                {reason}
              </span>
            ))}
          </span>
          <StatusBadge
            plain
            tone={each.breaks ? "critical" : "ok"}
            label={t(`impact.${each.breaks ? "breaks" : "works"}`)}
          />
        </li>
      ))}
      {more === 0 ? null : <li className={styles.note}>{t("impact.more", { count: more })}</li>}
    </ul>
  );
}

/** What is in force against what would be. */
function Changes({ asset, step }: { asset: Stepping; step: Step }) {
  const { t } = useTranslation("lifecycle");
  const from = asset.published_version;
  const to = step.version ?? 0;
  const diff = useQuery({
    ...diffQuery(asset.id, from ?? 0, to, asset.draft_revision),
    enabled: from !== null,
  });
  if (from === null || diff.data === undefined) return null;
  return (
    <details className={styles.details} open={diff.data.changes.length <= 8}>
      <summary>{t("impact.changes", { count: diff.data.changes.length })}</summary>
      <ChangeList changes={diff.data.changes} none={t("same")} />
    </details>
  );
}

import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { Rule } from "@/lib/api/types";
import { Explain } from "./Explain";
import { healthOf, healthTones } from "./model";
import styles from "./rules.module.css";

/** How the rule is doing, and why a key fires or does not. */
export function NowTab({ rule }: { rule: Rule }) {
  const { t, i18n } = useTranslation("rules");
  const health = healthOf(rule);
  const count = (value: number) => value.toLocaleString(i18n.language);
  return (
    <div className={styles.side}>
      <Panel title={t("health.title")}>
        <div className={styles.inner}>
          <StatusBadge plain tone={healthTones[health]} label={t(`health.${health}`)} />
          {rule.in_force === null ? null : (
            <Pairs
              pairs={[
                [t("field.evaluated"), count(rule.in_force.evaluated)],
                [t("field.matched"), count(rule.in_force.matched)],
                [t("field.fired"), count(rule.in_force.fired)],
                [t("field.lateFacts"), count(rule.in_force.late)],
                [t("field.reason"), rule.in_force.quarantine_reason],
                [
                  t("field.lastFired"),
                  rule.in_force.fired_at === null ? null : (
                    <TimeAgo key="fired" at={rule.in_force.fired_at} />
                  ),
                ],
              ]}
            />
          )}
        </div>
      </Panel>
      <Explain rule={rule} />
    </div>
  );
}

import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { AlertTransition } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import styles from "./alerts.module.css";
import { toneOf } from "./model";

/** What became of the alert, oldest first. */
export function Timeline({ transitions }: { transitions: readonly AlertTransition[] }) {
  const { t, i18n } = useTranslation("alerts");
  return (
    <ol className={styles.timeline}>
      {transitions.map((step) => (
        <li key={step.id}>
          <StatusBadge plain tone={toneOf(step.to_state)} label={t(`state.${step.to_state}`)} />
          <span className={styles.note}>
            <span className="num">{dateTime(new Date(step.at), i18n.language)}</span> ·{" "}
            {step.actor_kind === "system" ? t(`reason.${step.reason}`) : step.actor}
          </span>
          {step.comment === "" ? null : <p className={styles.comment}>{step.comment}</p>}
        </li>
      ))}
    </ol>
  );
}

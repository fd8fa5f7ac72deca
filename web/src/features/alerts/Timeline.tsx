import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { AlertLine } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import styles from "./alerts.module.css";
import { toneOf } from "./model/alerts";

/** Everything that happened to the alert, oldest first. */
export function Timeline({ lines }: { lines: readonly AlertLine[] }) {
  const { t, i18n } = useTranslation("alerts");
  return (
    <ol className={styles.timeline}>
      {lines.map((line) => (
        <li key={line.id}>
          <What line={line} />
          <span className={styles.note}>
            <span className="num">{dateTime(new Date(line.at), i18n.language)}</span> ·{" "}
            {line.actor_kind === "system" && line.reason ? t(`reason.${line.reason}`) : line.actor}
          </span>
          {line.comment === "" ? null : <p className={styles.comment}>{line.comment}</p>}
        </li>
      ))}
    </ol>
  );
}

function What({ line }: { line: AlertLine }) {
  const { t } = useTranslation("alerts");
  if (line.to_state != null)
    return <StatusBadge plain tone={toneOf(line.to_state)} label={t(`state.${line.to_state}`)} />;
  return <strong className={styles.what}>{t(`line.${line.kind}`, { name: line.assignee ?? "" })}</strong>;
}

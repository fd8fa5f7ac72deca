import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { ApiChange } from "@/lib/api/types";
import styles from "./changes.module.css";

/** What changed, with a word for what callers would notice. The sentences are the server's. */
export function ChangeLines({ changes }: { changes: readonly ApiChange[] }) {
  const { t } = useTranslation("apis");
  if (changes.length === 0) return <p className={styles.note}>{t("changes.none")}</p>;
  const worst = [...changes].sort((one, other) => Number(other.breaks) - Number(one.breaks));
  return (
    <ul className={styles.list}>
      {worst.map(({ part, reason, breaks }) => (
        <li key={`${part} ${reason}`}>
          {breaks ? <StatusBadge plain tone="critical" label={t("changes.break")} /> : null}
          <span>{reason}</span>
          <code className={styles.part}>{part}</code>
        </li>
      ))}
    </ul>
  );
}

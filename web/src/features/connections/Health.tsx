import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { Connection, ConnectionTest } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import type { Tone } from "@/theme/status";
import styles from "./connections.module.css";

/** What the last test said, and how old that is. */
export function LastTest({ test }: { test: ConnectionTest | null }) {
  const { t } = useTranslation("connections");
  if (test === null) return <span className={styles.note}>{t("test.never")}</span>;
  return (
    <span className={styles.inline}>
      <StatusBadge
        plain
        tone={test.ok ? "ok" : "critical"}
        label={t(test.ok ? "test.passed" : "test.failed")}
      />
      <span className={styles.note}>
        <TimeAgo at={test.tested_at} />
      </span>
    </span>
  );
}

const tones: Record<string, Tone> = { closed: "ok", open: "critical", half_open: "warn" };

interface BreakerProps {
  breaker: Connection["breaker"];
  plain?: boolean;
}

/** Whether calls go through; nothing is known before the first one. */
export function BreakerBadge({ breaker, plain = false }: BreakerProps) {
  const { t, i18n } = useTranslation("connections");
  if (breaker === null) return <span className={styles.note}>{t("breaker.unused")}</span>;
  const wait =
    breaker.retry_after_s > 0 ? showText(Math.ceil(breaker.retry_after_s), "s", i18n.language) : null;
  return (
    <span className={styles.inline}>
      <StatusBadge
        plain={plain}
        tone={tones[breaker.state] ?? "idle"}
        label={t(`breaker.${breaker.state}`)}
      />
      {wait === null ? null : <span className={`${styles.note} num`}>{t("breaker.again", { wait })}</span>}
    </span>
  );
}

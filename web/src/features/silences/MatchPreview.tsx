import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import type { LabelMatcher } from "@/lib/api/types";
import { matchedQuery } from "./queries";
import styles from "./silences.module.css";

const shown = 8;

/** Which open alerts the matchers fit, while they are being typed. */
export function MatchPreview({ matchers }: { matchers: LabelMatcher[] }) {
  const { t } = useTranslation("silences");
  const [settled] = useDebouncedValue(JSON.stringify(matchers), 250);
  const asked = JSON.parse(settled) as LabelMatcher[];
  const { data, error } = useQuery({ ...matchedQuery(asked), placeholderData: (kept) => kept });
  if (asked.length === 0) return <p className={styles.note}>{t("preview.nothing")}</p>;
  if (error !== null) return <ProblemNotice error={error} />;
  if (data === undefined) return null;
  return (
    <section aria-label={t("preview.title")} className={styles.preview}>
      <p role="status">
        {t("preview.count", { count: data.count })}
        {data.more ? ` ${t("preview.more", { count: data.looked_at })}` : ""}
      </p>
      <ul>
        {data.items.slice(0, shown).map((alert) => (
          <li key={alert.id}>
            <SeverityBadge severity={alert.severity} plain /> <span>{alert.title}</span>
          </li>
        ))}
      </ul>
      {data.count > shown ? (
        <p className={styles.note}>{t("preview.rest", { count: data.count - shown })}</p>
      ) : null}
    </section>
  );
}

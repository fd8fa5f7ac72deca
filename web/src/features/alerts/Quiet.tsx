import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";
import { TimeAgo } from "@/components/status/TimeAgo";
import { useMay } from "@/lib/query/me";
import styles from "./alerts.module.css";
import { watchOf } from "./model/alerts";
import { rulesQuery, summaryQuery } from "./queries";

/** Nothing is wrong: since when, and whether anybody is looking. */
export function Quiet() {
  const { t } = useTranslation("alerts");
  const may = useMay();
  const summary = useQuery(summaryQuery);
  const rules = useQuery({ ...rulesQuery, enabled: may("rules.read") });
  const watch = watchOf(rules.data ?? []);
  const since = summary.data?.quiet_since;
  const watched = rules.data === undefined || watch.inForce > 0;
  return (
    <EmptyState
      kind={watched ? "healthy" : "nothing"}
      title={watched ? t("quiet.title") : t("quiet.unwatched")}
      text={watched ? t("quiet.text") : t("quiet.noRules")}
    >
      <p className={styles.note}>
        {since == null ? t("quiet.never") : <>{t("quiet.since")} </>}
        {since == null ? null : <TimeAgo at={since} />}
        {rules.data === undefined || watch.inForce === 0 ? null : (
          <>
            {" · "}
            {t("quiet.rules", { count: watch.inForce })}
            {watch.evaluatedAt === null ? null : (
              <>
                {", "}
                {t("quiet.evaluated")} <TimeAgo at={watch.evaluatedAt} />
              </>
            )}
            {watch.quarantined === 0 ? null : ` · ${t("quiet.quarantined", { count: watch.quarantined })}`}
          </>
        )}
      </p>
    </EmptyState>
  );
}

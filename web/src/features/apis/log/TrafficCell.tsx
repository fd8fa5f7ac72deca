import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import { showText } from "@/lib/format/numbers";
import { useTimeRange } from "@/lib/time/use-range";
import styles from "./log.module.css";
import { type BreakerState, breakerTones } from "./MetricsTab";
import { failuresOf, rateOf } from "./model";
import { apiSummariesQuery } from "./queries";

/** How an API of a list did over the page's time range. */
export function TrafficCell({ id }: { id: string }) {
  const { t, i18n } = useTranslation("apilog");
  const { range, refetchInterval } = useTimeRange();
  const { data: summaries } = useQuery({ ...apiSummariesQuery(range), refetchInterval });
  const found = summaries?.items.find(({ api_id }) => api_id === id);
  if (summaries === undefined) return null;
  if (found === undefined) return <span className={styles.note}>{t("traffic.none")}</span>;
  const state = found.breaker as BreakerState;
  const failed = failuresOf(found) / Math.max(1, found.runs);
  const rate = rateOf(found.runs, summaries.start, summaries.end);
  return (
    <span className="num">
      {t("traffic.rate", { rate: showText(rate, "", i18n.language) })} ·{" "}
      {t("traffic.p95", { time: showText(found.p95_ms ?? null, "ms", i18n.language) })}
      {failed === 0 ? null : (
        <span className={styles.bad}>
          {" "}
          · {t("traffic.failed", { share: showText(failed, "ratio", i18n.language) })}
        </span>
      )}
      {state === "closed" ? null : (
        <>
          {" "}
          <StatusBadge plain tone={breakerTones[state]} label={t(`breaker.${state}`)} />
        </>
      )}
    </span>
  );
}

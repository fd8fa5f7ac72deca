import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "@/components/chart/Chart";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { ApiMetrics } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { useTimeRange } from "@/lib/time/use-range";
import styles from "../apis.module.css";
import looks from "./log.module.css";
import { countLines, hitShare, rateOf, timeLines } from "./model";
import { apiMetricsQuery } from "./queries";

export const breakerTones = { closed: "ok", half_open: "warn", open: "critical" } as const;
export type BreakerState = keyof typeof breakerTones;

/** How the API did over the page's time range: every call of a published version counts, logged or not. */
export function MetricsTab({ id }: { id: string }) {
  const { t } = useTranslation("apilog");
  const { range, refetchInterval } = useTimeRange();
  const metrics = useQuery({ ...apiMetricsQuery(id, range), refetchInterval });
  return (
    <div className={styles.inner}>
      <StateView
        query={metrics}
        compact
        isEmpty={({ total, breaker }) => total.runs === 0 && breaker === "closed"}
        empty={
          <EmptyState kind="nothing" compact title={t("metrics.none.title")} text={t("metrics.none.text")} />
        }
      >
        {(data) => <Drawn metrics={data} />}
      </StateView>
    </div>
  );
}

function Drawn({ metrics }: { metrics: ApiMetrics }) {
  const { t } = useTranslation("apilog");
  const { setRange } = useTimeRange();
  const counts = useMemo(() => countLines(metrics, (of) => t(`metrics.${of}`)), [metrics, t]);
  const times = useMemo(() => timeLines(metrics), [metrics]);
  const choose = (from: Date, to: Date) => setRange({ from: from.toISOString(), to: to.toISOString() });
  return (
    <>
      <Totals metrics={metrics} />
      <h3 className={looks.note}>{t("metrics.rateTitle")}</h3>
      <Chart
        lines={counts}
        label={t("metrics.rateTitle")}
        height={170}
        group="api-metrics"
        onSelect={choose}
      />
      <h3 className={looks.note}>{t("metrics.timeTitle")}</h3>
      <Chart
        lines={times}
        label={t("metrics.timeTitle")}
        height={170}
        group="api-metrics"
        onSelect={choose}
      />
      <p className={looks.note}>{t("metrics.note")}</p>
    </>
  );
}

function Totals({ metrics: { total, start, end, breaker } }: { metrics: ApiMetrics }) {
  const { t, i18n } = useTranslation("apilog");
  const shown = (value: number | null | undefined, unit: string) =>
    showText(value ?? null, unit, i18n.language);
  const hits = hitShare(total);
  const state = breaker as BreakerState;
  const facts: [string, ReactNode][] = [
    [t("metrics.calls"), total.runs.toLocaleString(i18n.language)],
    [t("metrics.rate"), shown(rateOf(total.runs, start, end), "")],
    ["p50", shown(total.p50_ms, "ms")],
    ["p95", shown(total.p95_ms, "ms")],
    ["p99", shown(total.p99_ms, "ms")],
    [t("metrics.refused"), total.refused.toLocaleString(i18n.language)],
    [t("metrics.limited"), total.limited.toLocaleString(i18n.language)],
    [t("metrics.failed"), total.failed.toLocaleString(i18n.language)],
    [t("metrics.timed_out"), total.timed_out.toLocaleString(i18n.language)],
    [t("metrics.hits"), hits === null ? "–" : shown(hits, "ratio")],
    [
      t("metrics.breaker"),
      <StatusBadge key="breaker" tone={breakerTones[state]} label={t(`breaker.${state}`)} />,
    ],
  ];
  return (
    <dl className={`${looks.numbers} num`} data-testid="api-metrics">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

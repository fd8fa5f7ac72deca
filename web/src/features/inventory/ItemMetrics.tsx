import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { LiveChart } from "@/components/chart/LiveChart";
import { type Line, summarize } from "@/components/chart/series";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { showText } from "@/lib/format/numbers";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { metricQuery } from "@/lib/query/metrics";
import { resolve, stepFor, usefulRefreshMs } from "@/lib/time/range";
import { useTimeRange } from "@/lib/time/use-range";
import styles from "./inventory.module.css";
import { headed, lineName, type MeasuredMetric, metricsOf, usualStep } from "./model";
import { itemMetricsQuery } from "./queries";

const height = 132;
/** Most points of a line: the panels are a few hundred pixels wide. */
const points = 240;

/** Everything that is measured of the item, a panel a metric, over the page's time range. */
export function ItemMetrics({ itemId }: { itemId: string }) {
  const { t } = useTranslation("inventory");
  const { range, refetchInterval } = useTimeRange();
  const everyMs = usefulRefreshMs(stepFor(resolve(range, new Date()), points));
  useLiveRefresh("metrics", ["metrics"], everyMs - 500, refetchInterval !== false);
  const series = useQuery(itemMetricsQuery(itemId));
  return (
    <StateView
      query={series}
      isEmpty={({ items }) => items.length === 0}
      empty={
        <Panel>
          <EmptyState kind="nothing" title={t("metrics.none.title")} text={t("metrics.none.text")} />
        </Panel>
      }
    >
      {({ items }) => (
        <div className={styles.grid}>
          {metricsOf(items).map((metric) => (
            <MetricPanel key={metric.metric} itemId={itemId} measured={metric} />
          ))}
        </div>
      )}
    </StateView>
  );
}

function MetricPanel({ itemId, measured }: { itemId: string; measured: MeasuredMetric }) {
  const { t, i18n } = useTranslation("inventory");
  const { range, refetchInterval, setRange } = useTimeRange();
  const { metric, title } = measured;
  const name = headed(title[i18n.language] ?? metric);
  const stepS = Math.max(5, stepFor(resolve(range, new Date()), points));
  const query = useQuery({
    ...metricQuery({ metric, itemId, range, points }),
    refetchInterval: refetchInterval === false ? false : Math.max(refetchInterval, usefulRefreshMs(stepS)),
  });
  const lines = useMemo(
    () =>
      (query.data?.series ?? []).map(
        ({ labels, unit, points: values }): Line => ({
          name: lineName(labels, name),
          unit,
          points: values as Line["points"],
        }),
      ),
    [query.data, name],
  );
  const span = resolve(range, query.dataUpdatedAt > 0 ? new Date(query.dataUpdatedAt) : new Date());
  return (
    <Panel title={name} actions={<Now lines={lines} />}>
      <div className={styles.chart}>
        <StateView
          query={{ ...query, data: query.data === undefined ? undefined : lines }}
          compact
          waiting={<div style={{ height }} />}
          isEmpty={(data) => data.length === 0}
          empty={
            <EmptyState
              kind="filtered"
              compact
              title={t("metrics.quiet.title")}
              text={t("metrics.quiet.text")}
            />
          }
        >
          {(data) => (
            <LiveChart
              lines={data}
              label={name}
              height={height}
              span={span}
              stepS={Math.max(...data.map((line) => usualStep(line.points, stepS)))}
              sync={itemId}
              onSelect={(from, to) => setRange({ from: from.toISOString(), to: to.toISOString() })}
            />
          )}
        </StateView>
      </div>
    </Panel>
  );
}

/** The value now, where there is one line; several are read off the chart. */
function Now({ lines }: { lines: readonly Line[] }) {
  const { t, i18n } = useTranslation("inventory");
  const [line] = lines;
  if (line === undefined) return null;
  if (lines.length > 1)
    return <span className={styles.note}>{t("metrics.lines", { count: lines.length })}</span>;
  return <b className="num">{showText(summarize(line.points).last, line.unit, i18n.language)}</b>;
}

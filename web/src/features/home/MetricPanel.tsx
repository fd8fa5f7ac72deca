import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { LiveChart } from "@/components/chart/LiveChart";
import { type Line, type Summary, summarize } from "@/components/chart/series";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { showText } from "@/lib/format/numbers";
import { metricQuery } from "@/lib/query/metrics";
import { resolve, stepFor, usefulRefreshMs } from "@/lib/time/range";
import { useTimeRange } from "@/lib/time/use-range";
import styles from "./home.module.css";
import { nameParts, type PanelSpec } from "./model/panels";

const height = 132;
/** Most points of a line: the panels are a few hundred pixels wide. */
export const points = 240;

/** One live panel: the value now, its range, and the line. Dragging over it chooses the page's time range. */
export function MetricPanel({ spec }: { spec: PanelSpec }) {
  const { t } = useTranslation("home");
  const { range, refetchInterval: wanted, setRange } = useTimeRange();
  const stepS = Math.max(5, stepFor(resolve(range, new Date()), points));
  const refetchInterval = wanted === false ? wanted : Math.max(wanted, usefulRefreshMs(stepS));
  const result = useQueries({
    queries: spec.lines.map(({ metric, itemId }) => ({
      ...metricQuery({ metric, itemId, range, points }),
      refetchInterval,
    })),
    combine: (all) => ({
      answers: all.map(({ data }) => data),
      error: all.find(({ error }) => error !== null)?.error ?? null,
      isPending: all.some(({ isPending }) => isPending),
      dataUpdatedAt: Math.min(...all.map(({ dataUpdatedAt }) => dataUpdatedAt)),
      refetch: () => all.map(({ refetch }) => refetch()),
    }),
  });
  const name = useLineName(spec);
  const { answers } = result;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the answers change identity at every render, their times do not
  const lines = useMemo(
    () =>
      answers.flatMap((answer, index): Line[] =>
        (answer?.series ?? []).map(({ unit, points: values }) => ({
          name: name(index),
          unit,
          points: values as Line["points"],
        })),
      ),
    [result.dataUpdatedAt, spec, name],
  );
  const span = resolve(range, new Date(result.dataUpdatedAt > 0 ? result.dataUpdatedAt : Date.now()));
  const query = { ...result, data: lines.length === 0 && result.isPending ? undefined : lines };
  return (
    <Panel title={t(`panel.${spec.id}`)} actions={<Now lines={lines} />}>
      <div className={styles.chart}>
        <StateView
          query={query}
          compact
          waiting={<div style={{ height }} />}
          isEmpty={(data) => data.length === 0}
          empty={<EmptyState kind="filtered" compact title={t("quiet.title")} text={t("quiet.text")} />}
        >
          {(data) => (
            <LiveChart
              lines={data}
              label={t(`panel.${spec.id}`)}
              height={height}
              span={span}
              stepS={stepS}
              sync="home"
              onSelect={(from, to) => setRange({ from: from.toISOString(), to: to.toISOString() })}
            />
          )}
        </StateView>
      </div>
    </Panel>
  );
}

function useLineName(spec: PanelSpec): (index: number) => string {
  const { t } = useTranslation("home");
  return useMemo(() => {
    const { byItem, byMetric } = nameParts(spec.lines);
    return (index: number) => {
      const line = spec.lines[index];
      if (line === undefined) return "";
      const metric = t(`line.${line.metric.replaceAll(".", "_")}`);
      if (byItem && byMetric) return `${line.item} ${metric}`;
      return byItem ? line.item : metric;
    };
  }, [spec, t]);
}

function Now({ lines }: { lines: readonly Line[] }) {
  const { t, i18n } = useTranslation("home");
  if (lines.length === 0) return null;
  const text = (value: number | null, unit: string) => showText(value, unit, i18n.language);
  if (lines.length > 1)
    return (
      <div className={`${styles.legend} num`}>
        {lines.slice(0, 3).map((line, index) => (
          <span key={line.name}>
            <i style={{ background: `var(--ol-series-${index + 1})` }} />
            <span className={styles.name}>{line.name}</span>{" "}
            <b>{text(summarize(line.points).last, line.unit)}</b>
          </span>
        ))}
      </div>
    );
  const [line] = lines;
  const summary: Summary = summarize(line?.points ?? []);
  const unit = line?.unit ?? "";
  return (
    <div className={`${styles.now} num`}>
      <span>{t("range", { min: text(summary.min, unit), max: text(summary.max, unit) })}</span>
      <b>{text(summary.last, unit)}</b>
    </div>
  );
}

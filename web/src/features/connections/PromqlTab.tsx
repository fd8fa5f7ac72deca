import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "@/components/chart/Chart";
import { ImeForm } from "@/components/input/ImeForm";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import type { Connection, PromqlSeries } from "@/lib/api/types";
import { useTimeRange } from "@/lib/time/use-range";
import styles from "./connections.module.css";
import { linesOf, shownSeries } from "./model/promql";
import { NeedsVersion } from "./NeedsVersion";
import { promqlQuery } from "./queries";

const example = "rate(http_requests_total[5m])";

/** A PromQL expression over the page's time range. The expression stands in the URL. */
export function PromqlTab({ connection }: { connection: Connection }) {
  if (connection.published_version === null) return <NeedsVersion />;
  return <Asking id={connection.id} />;
}

function Asking({ id }: { id: string }) {
  const { t } = useTranslation("connections");
  const navigate = useNavigate();
  const { promql = "" }: { promql?: string | undefined } = useSearch({ strict: false });
  const { range, refetchInterval, setRange } = useTimeRange();
  const [text, setText] = useState(promql);
  const found = useQuery({
    ...promqlQuery(id, promql, range),
    enabled: promql !== "",
    refetchInterval,
  });
  return (
    <Panel title={t("promql.title")}>
      <div className={styles.inner}>
        <ImeForm
          className={styles.actions}
          onSubmit={(event) => {
            event.preventDefault();
            const next = text.trim();
            if (next === promql) void found.refetch();
            else
              void navigate({
                to: ".",
                search: (kept: object) => ({ ...kept, promql: next === "" ? undefined : next }) as never,
              });
          }}
        >
          <TextInput
            aria-label={t("promql.expression")}
            placeholder={example}
            maxLength={10_000}
            flex={1}
            ff="monospace"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" loading={found.isFetching}>
            {t("promql.run")}
          </Button>
        </ImeForm>
        {promql === "" ? (
          <EmptyState kind="nothing" compact title={t("promql.none.title")} text={t("promql.none.text")} />
        ) : (
          <StateView
            query={found}
            compact
            isEmpty={(series) => series.length === 0}
            empty={
              <EmptyState
                kind="filtered"
                compact
                title={t("promql.empty.title")}
                text={t("promql.empty.text")}
              />
            }
          >
            {(series) => (
              <Drawn
                series={series}
                onSelect={(from, to) => setRange({ from: from.toISOString(), to: to.toISOString() })}
              />
            )}
          </StateView>
        )}
      </div>
    </Panel>
  );
}

interface DrawnProps {
  series: readonly PromqlSeries[];
  onSelect(from: Date, to: Date): void;
}

function Drawn({ series, onSelect }: DrawnProps) {
  const { t } = useTranslation("connections");
  const lines = useMemo(() => linesOf(series), [series]);
  const cut = series.some(({ truncated }) => truncated);
  return (
    <>
      <Chart lines={lines} label={t("promql.title")} height={320} onSelect={onSelect} />
      <p className={`${styles.note} num`}>
        {series.length > shownSeries
          ? t("promql.some", { shown: shownSeries, count: series.length })
          : t("promql.all", { count: series.length })}{" "}
        {cut ? t("promql.cut") : ""}
      </p>
    </>
  );
}

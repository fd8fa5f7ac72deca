import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { SystemHealth } from "@/lib/api/types";
import { compact, showText } from "@/lib/format/numbers";
import styles from "./admin.module.css";
import { BreakersPanel } from "./BreakersPanel";
import { ComponentsPanel } from "./ComponentsPanel";
import { overall } from "./health";
import { healthQuery } from "./queries";

export default function SystemPage() {
  const { t } = useTranslation("admin");
  const health = useQuery(healthQuery);
  const state = health.data === undefined ? null : overall(health.data);
  return (
    <Page
      header={
        <PageHeader
          title={t("system.title")}
          text={t("system.text")}
          badges={
            state === null ? null : (
              <StatusBadge tone={state === "fine" ? "ok" : "warn"} label={t(`system.${state}`)} />
            )
          }
        />
      }
    >
      <StateView query={health}>
        {(data) => (
          <>
            <Facts health={data} />
            <BreakersPanel breakers={data.breakers} />
            <ComponentsPanel components={data.components} />
          </>
        )}
      </StateView>
    </Page>
  );
}

function Facts({ health }: { health: SystemHealth }) {
  const { t, i18n } = useTranslation("admin");
  const { database, jobs } = health;
  const size = (bytes: number) => <span className="num">{showText(bytes, "bytes", i18n.language)}</span>;
  const count = (value: number) => <span className="num">{compact(value, i18n.language)}</span>;
  const waiting = Object.entries(jobs).map(([name, value]): [string, ReactNode] => [
    t(`system.job.${name}`, { defaultValue: name }),
    count(Number(value)),
  ]);
  return (
    <div className={styles.cards}>
      <Panel title={t("system.server")}>
        <div className={styles.card}>
          <Pairs
            pairs={[
              [t("system.version"), health.version],
              [t("system.since"), <TimeAgo key="since" at={health.started_at} />],
              [t("system.memory"), size(health.memory_bytes)],
              [t("system.subscribers"), count(health.stream_subscribers)],
            ]}
          />
        </div>
      </Panel>
      <Panel title={t("system.database")}>
        <div className={styles.card}>
          <Pairs
            pairs={[
              [t("system.version"), `PostgreSQL ${database.version}`],
              [t("system.size"), size(database.size_bytes)],
              [t("system.connections"), count(database.connections)],
            ]}
          />
        </div>
      </Panel>
      <Panel title={t("system.jobs")}>
        <div className={styles.card}>
          {waiting.length === 0 ? t("system.noJobs") : <Pairs pairs={waiting} />}
        </div>
      </Panel>
    </div>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { SystemHealth } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import styles from "./home.module.css";
import { healthQuery } from "./queries";

/** Opsloom's own health in short: what does not run, which calls are cut off, how big it is. */
export function HealthPanel() {
  const { t } = useTranslation("home");
  const health = useQuery(healthQuery);
  return (
    <Panel title={t("health.title")}>
      <StateView query={health} compact>
        {(data) => <Health health={data} />}
      </StateView>
    </Panel>
  );
}

function Health({ health }: { health: SystemHealth }) {
  const { t, i18n } = useTranslation("home");
  const size = (bytes: number) => showText(bytes, "bytes", i18n.language);
  const stopped = health.components.filter(({ running }) => !running);
  const open = health.breakers.filter(({ state }) => state !== "closed");
  return (
    <>
      <ul className={styles.list}>
        {stopped.map(({ name }) => (
          <li key={name}>
            <StatusBadge tone="critical" label={t("health.stopped")} />
            <code className={styles.grow}>{name}</code>
          </li>
        ))}
        {open.map(({ name }) => (
          <li key={name}>
            <StatusBadge tone="warn" label={t("health.open")} />
            <code className={styles.grow}>{name}</code>
          </li>
        ))}
        {stopped.length + open.length > 0 ? null : (
          <li>
            <StatusBadge plain tone="ok" label={t("health.fine", { count: health.components.length })} />
          </li>
        )}
      </ul>
      <div style={{ padding: "8px 12px 12px" }}>
        <Pairs
          pairs={[
            [t("health.version"), health.version],
            [t("health.since"), <TimeAgo key="since" at={health.started_at} />],
            [
              t("health.memory"),
              <span key="memory" className="num">
                {size(health.memory_bytes)}
              </span>,
            ],
            [
              t("health.database"),
              <span key="database" className="num">
                {t("health.databaseText", {
                  version: health.database.version,
                  size: size(health.database.size_bytes),
                })}
              </span>,
            ],
          ]}
        />
      </div>
    </>
  );
}

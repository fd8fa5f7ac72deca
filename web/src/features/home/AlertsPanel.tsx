import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import styles from "./home.module.css";
import { openAlertsQuery } from "./queries";

export function AlertsPanel() {
  const { t } = useTranslation("home");
  const alerts = useQuery({ ...openAlertsQuery, refetchInterval: 30_000 });
  return (
    <Panel title={t("alerts.title")} note={alerts.data?.items.length === 0 ? undefined : t("alerts.note")}>
      <StateView
        query={alerts}
        compact
        isEmpty={({ items }) => items.length === 0}
        empty={
          <EmptyState kind="healthy" compact title={t("alerts.none.title")} text={t("alerts.none.text")} />
        }
      >
        {({ items }) => (
          <ul className={styles.list}>
            {items.map(({ id, severity, title, state, started_at }) => (
              <li key={id}>
                <SeverityBadge severity={severity} />
                <Link to="/alerts" search={{ selected: id }} className={styles.grow} title={title}>
                  {title}
                </Link>
                <span className={styles.age}>
                  {t(`alerts.state.${state}`)} · <TimeAgo at={started_at} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </StateView>
    </Panel>
  );
}

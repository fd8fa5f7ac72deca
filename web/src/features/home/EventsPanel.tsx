import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import styles from "./home.module.css";
import { recentEventsQuery } from "./queries";

export function EventsPanel() {
  const { t } = useTranslation("home");
  const events = useQuery({ ...recentEventsQuery, refetchInterval: 30_000 });
  return (
    <Panel title={t("events.title")}>
      <StateView
        query={events}
        compact
        isEmpty={({ items }) => items.length === 0}
        empty={
          <EmptyState kind="nothing" compact title={t("events.none.title")} text={t("events.none.text")} />
        }
      >
        {({ items }) => (
          <ul className={styles.list}>
            {items.map(({ id, severity, type, subject, time }) => (
              <li key={id}>
                <SeverityBadge plain severity={severity} />
                <Link
                  to="/events"
                  search={{ selected: id }}
                  className={styles.grow}
                  title={`${type} ${subject ?? ""}`}
                >
                  {type} {subject}
                </Link>
                <span className={styles.age}>
                  <TimeAgo at={time} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </StateView>
    </Panel>
  );
}

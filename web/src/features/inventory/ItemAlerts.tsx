import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import styles from "./inventory.module.css";
import { itemAlertsQuery } from "./queries";

/** What is wrong with the item right now. */
export function ItemAlerts({ itemId }: { itemId: string }) {
  const { t } = useTranslation("inventory");
  const alerts = useQuery(itemAlertsQuery(itemId));
  return (
    <Panel title={t("alerts.title")}>
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
                <span className={styles.note}>
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

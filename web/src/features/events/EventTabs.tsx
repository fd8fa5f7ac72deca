import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import styles from "./events.module.css";

const tabs = [
  { to: "/events", key: "events" },
  { to: "/events/types", key: "types" },
  { to: "/events/sources", key: "sources" },
] as const;

/** From one page of events to the others. */
export function EventTabs() {
  const { t } = useTranslation("events");
  return (
    <nav className={styles.tabs} aria-label={t("tabs.label")}>
      {tabs.map(({ to, key }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
          {t(`tabs.${key}`)}
        </Link>
      ))}
    </nav>
  );
}

import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Mark } from "@/components/brand/Mark";
import type { NavEntry, NavGroup } from "@/lib/navigation/entries";
import styles from "./rail.module.css";
import { Unread } from "./Unread";

interface Props {
  groups: readonly NavGroup[];
  narrow: boolean;
  onToggle(): void;
}

export function Rail({ groups, narrow, onToggle }: Props) {
  const { t } = useTranslation("shell");
  const Toggle = narrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  const label = narrow ? t("rail.expand") : t("rail.collapse");
  return (
    <nav className={styles.rail} data-narrow={narrow || undefined} aria-label={t("rail.label")}>
      <Link to="/" className={styles.brand}>
        <Mark size={24} />
        <span>Opsloom</span>
      </Link>
      <div className={styles.groups}>
        {groups.map((group) => (
          <section key={group.id} aria-labelledby={`rail-${group.id}`}>
            <h2 id={`rail-${group.id}`} className={styles.groupName}>
              {t(`group.${group.id}`)}
            </h2>
            <ul>
              {group.entries.map((entry) => (
                <RailLink key={entry.to} entry={entry} narrow={narrow} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <div className={styles.foot}>
        <button
          type="button"
          className={`${styles.link} ${styles.toggle}`}
          onClick={onToggle}
          title={narrow ? label : undefined}
          aria-label={label}
        >
          <Toggle size={18} stroke={1.6} aria-hidden />
          <span>{label}</span>
        </button>
      </div>
    </nav>
  );
}

function RailLink({ entry, narrow }: { entry: NavEntry; narrow: boolean }) {
  const { t } = useTranslation();
  const Icon = entry.icon;
  return (
    <li>
      <Link
        to={entry.to}
        title={narrow ? t(entry.labelKey) : undefined}
        className={styles.link}
        activeOptions={{ exact: entry.to === "/", includeSearch: false }}
      >
        <Icon size={18} stroke={1.6} aria-hidden />
        <span>{t(entry.labelKey)}</span>
        {entry.count === "unread" ? <Unread /> : null}
      </Link>
    </li>
  );
}

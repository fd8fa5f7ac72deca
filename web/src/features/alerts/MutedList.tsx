import { IconBellOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { MutedBy } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import styles from "./alerts.module.css";

const pages = {
  silence: "/silences",
  window: "/maintenance-windows",
  inhibition: "/inhibitions",
} as const;

/** What keeps people from being told of the alert, with a way there. */
export function MutedList({ muted }: { muted: readonly MutedBy[] }) {
  const { t, i18n } = useTranslation("alerts");
  return (
    <ul className={styles.facts}>
      {muted.map(({ kind, id, name, until }) => (
        <li key={id}>
          <Link className={styles.link} to={pages[kind]} search={{ selected: id }}>
            <IconBellOff size={14} aria-hidden /> {t(`muted.${kind}`)}: {name}
          </Link>
          {until == null ? null : <span className="num">{dateTime(new Date(until), i18n.language)}</span>}
        </li>
      ))}
    </ul>
  );
}

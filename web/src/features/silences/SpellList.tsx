import { useTranslation } from "react-i18next";
import type { Spell } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { useNow } from "@/lib/time/now";
import styles from "./silences.module.css";

/** When a window is open: now, and the next times. */
export function SpellList({ spells }: { spells: readonly Spell[] }) {
  const { t, i18n } = useTranslation("silences");
  const now = useNow().getTime();
  if (spells.length === 0) return <p className={styles.note}>{t("timing.never")}</p>;
  const day = new Intl.DateTimeFormat(i18n.language, { weekday: "short" });
  return (
    <ol className={styles.spells} aria-label={t("timing.next")}>
      {spells.map(({ starts_at, ends_at }) => {
        const [from, to] = [new Date(starts_at), new Date(ends_at)];
        const open = from.getTime() <= now && now < to.getTime();
        return (
          <li key={starts_at} data-open={open || undefined} className="num">
            {day.format(from)} {dateTime(from, i18n.language)} – {dateTime(to, i18n.language)}
            {open ? ` · ${t("timing.open")}` : ""}
          </li>
        );
      })}
    </ol>
  );
}

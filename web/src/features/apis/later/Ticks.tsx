import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { ApiSchedule, ScheduleTick } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import type { Tone } from "@/theme/status";
import apis from "../apis.module.css";
import styles from "./later.module.css";
import { ticksQuery } from "./queries";

const tones: Record<ScheduleTick["outcome"], Tone> = { started: "ok", missed: "warn", refused: "critical" };

/** What became of a schedule's moments, with the runs that began. */
export function Ticks({ schedule }: { schedule: ApiSchedule }) {
  const { t, i18n } = useTranslation("apis");
  const ticks = useQuery(ticksQuery(schedule.id));
  return (
    <StateView query={ticks} compact>
      {(rows) => (
        <ul className={styles.ticks} aria-label={t("later.history")}>
          {rows.length === 0 ? <li className={styles.note}>{t("later.notYet")}</li> : null}
          {rows.map((tick) => (
            <li key={tick.due_at}>
              <span className="num">{dateTime(new Date(tick.due_at), i18n.language)}</span>
              <StatusBadge plain tone={tones[tick.outcome]} label={t(`later.outcome.${tick.outcome}`)} />
              {tick.run_id === null ? null : (
                <Link className={apis.link} to="/workflow-runs/$runId" params={{ runId: tick.run_id }}>
                  {t("later.run")}
                </Link>
              )}
              <span className={styles.note}>{tick.detail}</span>
            </li>
          ))}
        </ul>
      )}
    </StateView>
  );
}

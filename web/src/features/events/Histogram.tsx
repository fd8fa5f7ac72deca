import { useTranslation } from "react-i18next";
import type { EventSummary } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import type { TimeRange } from "@/lib/time/range";
import styles from "./events.module.css";
import { bands, barsOf, heightOf } from "./histogram";

interface Props {
  summary: EventSummary | undefined;
  onRange(range: TimeRange): void;
}

/** How many events when; a bar opens its stretch of time. What is grave stands out by colour and is named in words. */
export function Histogram({ summary, onRange }: Props) {
  const { t, i18n } = useTranslation("events");
  if (summary === undefined) return <div className={styles.histogram} />;
  const bars = barsOf(summary);
  const most = Math.max(...bars.map(({ total }) => total), 0);
  const shown = (at: number) => dateTime(new Date(at), i18n.language);
  return (
    <section className={styles.histogram} aria-label={t("histogram.label")}>
      <p className={styles.note}>
        {t("histogram.total", { count: summary.total, shown: summary.total.toLocaleString(i18n.language) })}
      </p>
      <div className={styles.bars}>
        {bars.map((bar) => {
          const told = t("histogram.bar", {
            count: bar.total,
            from: shown(bar.at),
            bad: bar.bands.bad,
            warn: bar.bands.warn,
          });
          return (
            <button
              key={bar.at}
              type="button"
              disabled={bar.total === 0}
              title={told}
              aria-label={told}
              onClick={() =>
                onRange({ from: new Date(bar.at).toISOString(), to: new Date(bar.end).toISOString() })
              }
            >
              <span style={{ height: `${heightOf(bar.total, most) * 100}%` }}>
                {bands.map((band) => (
                  <i key={band} data-band={band} style={{ flexGrow: bar.bands[band] }} />
                ))}
              </span>
            </button>
          );
        })}
      </div>
    </section>
  );
}

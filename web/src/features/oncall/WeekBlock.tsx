import { useTranslation } from "react-i18next";
import type { OncallRota, OncallShift } from "@/lib/api/types";
import { shortTime } from "@/lib/format/times";
import { useNow } from "@/lib/time/now";
import { type Bar, barsOf, hueOf, placeOf, type Week } from "./model";
import styles from "./oncall.module.css";

interface Props {
  week: Week;
  rota: OncallRota;
  layers: readonly string[];
  everybody: readonly string[];
  /** Left out for who may not change it. */
  onShift?: ((shift: OncallShift) => void) | undefined;
}

/** One week: its days, who answers in the end, and what each layer says by itself. */
export function WeekBlock({ week, rota, layers, everybody, onShift }: Props) {
  const { t, i18n } = useTranslation("oncall");
  const now = useNow();
  const today = placeOf(now, week);
  const name = new Intl.DateTimeFormat(i18n.language, { weekday: "short", month: "numeric", day: "numeric" });
  return (
    <div className={styles.week}>
      <div className={styles.days} aria-hidden>
        {week.days.map((day) => (
          <span key={day.toISOString()} style={{ insetInlineStart: `${placeOf(day, week) ?? 0}%` }}>
            {name.format(day)}
          </span>
        ))}
      </div>
      <Row
        title={t("final")}
        bars={barsOf(rota.final, week)}
        {...{ everybody, onShift }}
        now={today}
        strong
      />
      {layers.map((layer, place) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its place in the schedule
          key={place}
          title={layer}
          bars={barsOf(rota.layers[place] ?? [], week)}
          everybody={everybody}
          now={today}
        />
      ))}
    </div>
  );
}

interface RowProps {
  title: string;
  bars: Bar[];
  everybody: readonly string[];
  now: number | null;
  strong?: boolean;
  onShift?: ((shift: OncallShift) => void) | undefined;
}

function Row({ title, bars, everybody, now, strong = false, onShift }: RowProps) {
  return (
    <div className={styles.row} data-strong={strong || undefined}>
      <span className={styles.rowTitle}>{title}</span>
      <div className={styles.track}>
        {bars.map((bar) => (
          <Shift key={bar.shift.start} bar={bar} everybody={everybody} onShift={onShift} />
        ))}
        {now === null ? null : <i className={styles.now} style={{ insetInlineStart: `${now}%` }} />}
      </div>
    </div>
  );
}

function Shift({ bar, everybody, onShift }: Pick<RowProps, "everybody" | "onShift"> & { bar: Bar }) {
  const { t, i18n } = useTranslation("oncall");
  const now = useNow();
  const { shift, left, width } = bar;
  const { person } = shift;
  const who = person === null ? t("nobody") : person.name === "" ? t("gone") : person.name;
  const when = [shift.start, shift.end].map((at) => shortTime(new Date(at), now, i18n.language)).join(" – ");
  const label = `${who}, ${when}${shift.override_id === null ? "" : `, ${t("override.one")}`}`;
  const look = {
    className: styles.shift,
    title: label,
    "data-gap": person === null || undefined,
    "data-override": shift.override_id !== null || undefined,
    style: {
      insetInlineStart: `${left}%`,
      width: `${width}%`,
      "--hue": person === null ? undefined : `var(--ol-series-${hueOf(person.id, everybody)})`,
    } as React.CSSProperties,
  };
  if (onShift === undefined) return <span {...look}>{who}</span>;
  return (
    <button type="button" {...look} aria-label={label} onClick={() => onShift(shift)}>
      {who}
    </button>
  );
}

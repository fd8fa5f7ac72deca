import { useState } from "react";
import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { Simulation, WouldHaveFired } from "@/lib/api/types";
import { digits } from "@/lib/format/numbers";
import { dateTime } from "@/lib/format/times";
import { valuesText } from "../explain";
import looks from "../form/form.module.css";
import { lanes } from "../model/timeline";
import styles from "../rules.module.css";

const most = 40;

/** When it would have fired, on a line of time, and for each firing the facts that decided it. */
export function Result({ data }: { data: Simulation }) {
  const { t, i18n } = useTranslation("rules");
  const [picked, setPicked] = useState<WouldHaveFired | null>(null);
  const { rule, comparison } = data;
  const time = (text: string) => dateTime(new Date(text), i18n.language);
  if (rule.failed) return <p className={styles.bad}>{rule.failed}</p>;
  const found = lanes(data, rule.intervals, comparison?.other.intervals);
  return (
    <section aria-label={t("simulate.result")} className={styles.stack}>
      <p className={styles.note}>
        {t("simulate.factsRead", { count: data.facts })} {t("simulate.fired", { count: rule.fired })}
        {rule.pending_only > 0 ? ` ${t("simulate.pendingOnly", { count: rule.pending_only })}` : ""}
        {data.complete ? "" : ` ${t("simulate.incomplete", { time: time(data.end) })}`}
      </p>
      {comparison === null || comparison === undefined ? null : (
        <p className={looks.sentence}>
          {t("simulate.compared", {
            version: comparison.version,
            more: comparison.more.length,
            less: comparison.less.length,
            both: comparison.both,
          })}
        </p>
      )}
      <div className={styles.timeline}>
        {found.slice(0, most).map((lane) => (
          <div key={lane.key} className={styles.timelineRow}>
            <span className={styles.grow} title={lane.label}>
              {lane.label}
            </span>
            <div className={styles.track}>
              {lane.bars.map((bar) => (
                <button
                  key={`${bar.side} ${bar.firing.fired_at}`}
                  type="button"
                  className={styles.bar}
                  data-side={bar.side}
                  data-picked={bar.firing === picked || undefined}
                  style={{ left: `${bar.from}%`, width: `${bar.width}%` }}
                  aria-label={t(bar.side === "mine" ? "simulate.bar" : "simulate.otherBar", {
                    title: bar.firing.title,
                    time: time(bar.firing.fired_at),
                  })}
                  onClick={() => setPicked(bar.firing)}
                />
              ))}
            </div>
          </div>
        ))}
      </div>
      {found.length === 0 ? null : (
        <div className={styles.axis}>
          <span className="num">{time(data.start)}</span>
          <span className="num">{time(data.end)}</span>
        </div>
      )}
      {picked === null ? (
        <ol className={styles.list}>
          {rule.intervals.slice(-most).map((one) => (
            <li key={one.key + one.fired_at}>
              <button type="button" className={styles.plainButton} onClick={() => setPicked(one)}>
                {one.title}
              </button>
              <span className="num">
                {time(one.fired_at)} – {one.resolved_at ? time(one.resolved_at) : t("simulate.still")}
              </span>
            </li>
          ))}
        </ol>
      ) : (
        <Decided firing={picked} />
      )}
    </section>
  );
}

/** What decided one firing: its proof, which holds by itself. */
function Decided({ firing }: { firing: WouldHaveFired }) {
  const { t, i18n } = useTranslation("rules");
  const number = (value: number) => digits(value, i18n.language);
  return (
    <section aria-label={t("simulate.decided")} className={styles.stack}>
      <b>{firing.title}</b>
      <StatusBadge
        plain
        tone={firing.proof_holds ? "ok" : "critical"}
        label={t(firing.proof_holds ? "simulate.proofHolds" : "simulate.proofFails")}
      />
      <code className={styles.excerpt}>{firing.proof.condition}</code>
      <ul className={styles.list}>
        {firing.proof.facts.map((fact) => (
          <li key={fact.ref + fact.time}>
            <code>{valuesText(fact.values, number)}</code>
            <span className="num">{dateTime(new Date(fact.time), i18n.language)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

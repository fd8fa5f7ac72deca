import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { Pairs } from "@/components/status/Pairs";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { RulePerformance } from "@/lib/api/types";
import { compact, digits } from "@/lib/format/numbers";
import { duration, threeOf } from "./model";
import styles from "./performance.module.css";

type Engine = RulePerformance["engine"];

/** The engine by itself: how much it takes in, how long a batch takes, how far it is behind. */
export function EngineFacts({ engine, rules }: { engine: Engine; rules: number }) {
  const { t, i18n } = useTranslation("performance");
  const number = (value: string) => <span className="num">{value}</span>;
  const since = (at: string | null) => (at === null ? "–" : <TimeAgo at={at} />);
  const quantiles = (of: Engine["batch_ms"]) => number(threeOf(of, i18n.language));
  return (
    <div className={styles.cards}>
      <Panel title={t("engine.intake")}>
        <div className={styles.card}>
          <Pairs
            pairs={[
              [t("engine.rules"), number(compact(rules, i18n.language))],
              [t("engine.facts"), number(compact(engine.facts, i18n.language))],
              [t("engine.batches"), number(compact(engine.batches, i18n.language))],
              [
                t("engine.size"),
                number(engine.mean_batch === null ? "–" : digits(engine.mean_batch, i18n.language)),
              ],
            ]}
          />
        </div>
      </Panel>
      <Panel title={t("engine.speed")}>
        <div className={styles.card}>
          <Pairs
            pairs={[
              [t("engine.batch"), quantiles(engine.batch_ms)],
              [t("engine.lag"), quantiles(engine.lag_ms)],
              [t("engine.spent"), number(duration(engine.spent_s * 1000, i18n.language))],
            ]}
          />
        </div>
      </Panel>
      <Panel title={t("engine.place")}>
        <div className={styles.card}>
          <Pairs
            pairs={[
              [t("engine.watermark"), since(engine.watermark)],
              [t("engine.progressed"), since(engine.progressed_at)],
            ]}
          />
        </div>
      </Panel>
    </div>
  );
}

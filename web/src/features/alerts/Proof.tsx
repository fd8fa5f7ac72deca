import { useTranslation } from "react-i18next";
import { Pairs } from "@/components/status/Pairs";
import { dateTime } from "@/lib/format/times";
import styles from "./alerts.module.css";
import { factsOf, proofText } from "./model/alerts";

/** Why it fired: the condition and the samples or events that decided. */
export function Proof({ proof }: { proof: Record<string, unknown> }) {
  const { t, i18n } = useTranslation("alerts");
  const condition = proofText(proof, "condition");
  const forS = proofText(proof, "for_s");
  const facts = factsOf(proof);
  if (condition === null) return <p className={styles.note}>{t("proof.none")}</p>;
  return (
    <>
      <Pairs
        pairs={[
          [t("proof.condition"), <code key="condition">{condition}</code>],
          [t("proof.for"), forS === null ? null : t("proof.seconds", { count: Number(forS) })],
        ]}
      />
      <ul className={styles.facts}>
        {facts.map(({ time, text }) => (
          <li key={time + text}>
            <code>{text}</code>
            <span className="num">{dateTime(new Date(time), i18n.language)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

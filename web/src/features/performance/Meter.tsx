import { useTranslation } from "react-i18next";
import { share } from "./model";
import styles from "./performance.module.css";

interface Props {
  used: number;
  allowed: number;
  text: string;
}

/** A number with the part it is of what is allowed. */
export function Meter({ used, allowed, text }: Props) {
  const { t, i18n } = useTranslation("performance");
  const part = share(used, allowed);
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 1 }).format(
    part,
  );
  const tone = part >= 0.9 ? "critical" : part >= 0.7 ? "warn" : "ok";
  return (
    <span className={styles.meter} title={t("rules.ofBudget", { percent })}>
      <span className="num">{text}</span>
      <span className={styles.bar} aria-hidden>
        <span className={styles.fill} data-tone={tone} style={{ width: `${part * 100}%` }} />
      </span>
    </span>
  );
}

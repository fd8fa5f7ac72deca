import { useTranslation } from "react-i18next";
import styles from "./state.module.css";

const widths = ["72%", "91%", "64%", "83%", "58%", "77%"];

/** A skeleton that appears after 200 ms. */
export function Waiting({ lines = 5 }: { lines?: number }) {
  const { t } = useTranslation("common");
  return (
    <div
      className={styles.delayed}
      role="status"
      aria-label={t("state.loading")}
      style={{ display: "grid", gap: 14, padding: 16 }}
    >
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are alike and never move
        <div key={index} className={styles.line} style={{ width: widths[index % widths.length] }} />
      ))}
    </div>
  );
}

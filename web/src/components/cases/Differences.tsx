import { useTranslation } from "react-i18next";
import type { Difference } from "@/lib/api/types";
import styles from "./differences.module.css";

/** Place by place: what was expected, and what is there instead. */
export function Differences({ title, items }: { title: string; items: readonly Difference[] }) {
  const { t } = useTranslation("common");
  const text = (value: unknown) =>
    value === null || value === undefined ? t("differences.nothing") : JSON.stringify(value);
  return (
    <section aria-label={title}>
      <h4 className={styles.heading}>{title}</h4>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("differences.pointer")}</th>
            <th scope="col">{t("differences.expected")}</th>
            <th scope="col">{t("differences.actual")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ pointer, expected, actual }) => (
            <tr key={pointer}>
              <td>
                <code>{pointer}</code>
              </td>
              <td>
                <code>{text(expected)}</code>
              </td>
              <td>
                <code>{text(actual)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

import { Progress } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { RuleCoverage } from "@/lib/api/types";
import styles from "../rules.module.css";

/** Which branches the cases take, and of those they do not, which. */
export function CoverageShown({ coverage }: { coverage: RuleCoverage }) {
  const { t } = useTranslation("rules");
  const { taken, total, parts } = coverage;
  return (
    <section aria-label={t("coverage.title")} className={styles.stack}>
      <p className={styles.note}>{t("coverage.taken", { taken, total })}</p>
      <Progress value={total === 0 ? 100 : (taken / total) * 100} aria-label={t("coverage.title")} />
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("coverage.part")}</th>
            {(["true", "false", "unknown"] as const).map((column) => (
              <th key={column} scope="col">
                {t(`coverage.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {parts.map((part) => (
            <tr key={`${part.pointer} ${part.part}`}>
              <td>
                <code>{part.part}</code>
              </td>
              <td className={part.true === 0 ? styles.bad : "num"}>{part.true}</td>
              <td className={part.false === 0 ? styles.bad : "num"}>{part.false}</td>
              <td className="num">{part.unknown}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

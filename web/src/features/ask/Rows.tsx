import { useTranslation } from "react-i18next";
import styles from "./ask.module.css";
import evidenceStyles from "./evidence.module.css";
import type { Scalar } from "./model/answer";

const most = 20;

interface Props {
  columns: readonly string[];
  rows: readonly Record<string, Scalar>[];
  count: number;
}

/** The first rows of a query's result, exactly as they came. */
export function Rows({ columns, rows, count }: Props) {
  const { t } = useTranslation("ask");
  const shown = rows.slice(0, most);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={evidenceStyles.rows} tabIndex={0} aria-label={t("reference.rows")}>
        <table>
          <thead>
            <tr>
              {columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={index.toString()}>
                {columns.map((name) => (
                  <td key={name} className={typeof row[name] === "number" ? "num" : undefined}>
                    {row[name] === null || row[name] === undefined ? "–" : String(row[name])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {count > shown.length ? (
        <p className={styles.note}>{t("table.shown", { shown: shown.length, count })}</p>
      ) : null}
    </>
  );
}

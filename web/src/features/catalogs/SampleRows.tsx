import { useTranslation } from "react-i18next";
import type { CatalogTableDetail } from "@/lib/api/types";
import styles from "./columns.module.css";

type Samples = NonNullable<CatalogTableDetail["samples"]>;

/** A few rows as they were when scanned. A masked column says why it is. */
export function SampleRows({ samples: { columns, rows } }: { samples: Samples }) {
  const { t } = useTranslation("catalogs");
  return (
    <>
      <h3 className={styles.part}>{t("samples.title")}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={styles.sample} tabIndex={0} aria-label={t("samples.title")}>
        <table>
          <thead>
            <tr>
              {columns.map(({ name, masked }) => (
                <th key={name} scope="col">
                  {name}
                  {masked === null || masked === undefined ? null : (
                    <span className={styles.note}> {t(`samples.masked.${masked}`)}</span>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of one scan, which never move
              <tr key={index}>
                {row.map((value, at) => (
                  <td key={columns[at]?.name ?? at}>
                    {columns[at]?.masked ? "••••" : value === null ? "–" : String(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

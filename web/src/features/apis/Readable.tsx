import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { StateView } from "@/components/state/StateView";
import styles from "./apis.module.css";
import { relationsQuery } from "./queries";

/** The relations that a query may read, with their columns. */
export function Readable() {
  const { t } = useTranslation("apis");
  const relations = useQuery(relationsQuery);
  return (
    <StateView query={relations} compact>
      {(found) => (
        <div className={styles.readable}>
          {found.map(({ name, columns }) => (
            <details key={name} open={name === "metrics"}>
              <summary>
                <code>{`data.${name}`}</code>
                <span className={styles.note}>{t("readable.columns", { count: columns.length })}</span>
              </summary>
              <ul>
                {columns.map((column) => (
                  <li key={column.name}>
                    <code>{column.name}</code>
                    <span className={styles.note}>{column.type}</span>
                  </li>
                ))}
              </ul>
            </details>
          ))}
        </div>
      )}
    </StateView>
  );
}

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import styles from "./tools.module.css";

export interface Outcome {
  name: string;
  kind: string | null;
  id: string | null;
  error: string | null;
}

/** What became of each chosen thing: its page, or why there is none. */
export function Outcomes({ items }: { items: readonly Outcome[] }) {
  const { t } = useTranslation("tools");
  return (
    <ul className={styles.list} aria-label={t("import.outcomes")} aria-live="polite">
      {items.map(({ name, kind, id, error }) => (
        <li key={`${kind ?? ""} ${name}`} className={styles.inner}>
          {id === null ? (
            <span className={styles.bad}>
              {name}: {error}
            </span>
          ) : (
            <Link
              to={kind === "api" ? "/apis/$apiId" : "/tools/$toolId"}
              params={(kind === "api" ? { apiId: id } : { toolId: id }) as never}
            >
              {name}
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}

import { type ReactNode, useId } from "react";
import styles from "./page.module.css";

interface Props {
  title?: string;
  note?: ReactNode;
  actions?: ReactNode;
  fill?: boolean;
  children: ReactNode;
}

/** A bordered part of a page with an optional head. */
export function Panel({ title, note, actions, fill = false, children }: Props) {
  const id = useId();
  return (
    <section
      className={styles.panel}
      data-fill={fill || undefined}
      aria-labelledby={title === undefined ? undefined : id}
    >
      {title === undefined ? null : (
        <div className={styles.panelHead}>
          <h2 id={id} className={styles.panelTitle}>
            {title}
          </h2>
          {note === undefined ? null : <span className={styles.panelNote}>{note}</span>}
          {actions}
        </div>
      )}
      {children}
    </section>
  );
}

import { Fragment, type ReactNode } from "react";
import styles from "./status.module.css";

/** A list of names and values. */
export function Pairs({ pairs }: { pairs: readonly [label: string, value: ReactNode][] }) {
  return (
    <dl className={styles.pairs}>
      {pairs.map(([label, value]) => (
        <Fragment key={label}>
          <dt>{label}</dt>
          <dd>{value ?? "–"}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

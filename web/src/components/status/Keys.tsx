import { caps } from "@/lib/keyboard/keys";
import styles from "./status.module.css";

const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** A shortcut as printed on the key caps. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className={styles.keys}>
      {caps(keys, mac)
        .flat()
        .map((cap) => (
          <kbd key={cap} className={styles.key}>
            {cap}
          </kbd>
        ))}
    </span>
  );
}

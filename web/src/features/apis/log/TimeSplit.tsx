import { useTranslation } from "react-i18next";
import type { ApiRunLog } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import styles from "./log.module.css";
import { timeSplit } from "./model";

/** Where the time of a call went, as one bar and in numbers. */
export function TimeSplit({ run }: { run: ApiRunLog }) {
  const { t, i18n } = useTranslation("apilog");
  const parts = timeSplit(run);
  return (
    <div className={styles.split}>
      <div className={styles.bar} aria-hidden>
        {parts.map(({ part, share }) => (
          <i key={part} data-part={part} style={{ flexGrow: share }} />
        ))}
      </div>
      <dl className={styles.parts}>
        {parts.map(({ part, ms }) => (
          <div key={part}>
            <dt>
              <i data-part={part} aria-hidden />
              {t(`part.${part}`)}
            </dt>
            <dd className="num">{showText(ms, "ms", i18n.language)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

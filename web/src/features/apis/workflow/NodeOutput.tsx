import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import { showText } from "@/lib/format/numbers";
import looks from "../logic.module.css";
import { type NodeRun, stateTone } from "../model/node-runs";
import styles from "./form.module.css";

/** What became of a node, with what it gave or why it failed. */
export function NodeOutput({ run }: { run: NodeRun | undefined }) {
  const { t, i18n } = useTranslation("apis");
  if (run === undefined) return null;
  return (
    <div className={styles.output}>
      <p className={styles.line}>
        <StatusBadge tone={stateTone(run.state)} label={t(`workflow.state.${run.state}`)} />
        {run.ms === null ? null : <span className="num">{showText(run.ms, "ms", i18n.language)}</span>}
      </p>
      {run.error === null ? null : <p className={styles.error}>{run.error}</p>}
      {run.output === null || run.output === undefined ? null : (
        <section aria-label={t("workflow.output")}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <pre className={looks.answer} tabIndex={0}>
            {JSON.stringify(run.output, null, 2)}
          </pre>
        </section>
      )}
    </div>
  );
}

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { Pairs } from "@/components/status/Pairs";
import { isApiError } from "@/lib/api/problem";
import type { ApiRun } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import styles from "./apis.module.css";
import looks from "./logic.module.css";
import { brokenAt, type LogicType } from "./model/logic";
import { cellText, isTable, runStarted, statusTone } from "./model/results";
import { ResultTable } from "./ResultTable";
import type { Trial } from "./use-trial";

const tones = { ok: "good", warn: "warn", critical: "bad", info: "note", idle: "note" } as const;

/** What the last trial gave, or why it failed. */
export function Outcome({ trial: { run }, type }: { trial: Trial; type: LogicType }) {
  if (run.error !== null) return <Failed error={run.error} />;
  if (run.data === undefined || run.data === null) return null;
  return (
    <>
      <Facts run={run.data} type={type} />
      <Given run={run.data} whole={isWhole(type)} />
      <Said log={run.data.log ?? []} />
    </>
  );
}

function Failed({ error }: { error: unknown }) {
  const { t } = useTranslation("apis");
  return (
    <>
      {isApiError(error) && error.status > 0 ? (
        <p className={styles.facts}>
          <span className={`${styles.bad} num`}>{error.status}</span> <code>{error.code}</code>
        </p>
      ) : null}
      <ProblemNotice error={error} />
      <ul className={styles.findings}>
        {brokenAt(error).map(({ line, column, message }) => (
          <li key={`${line}:${column}`} className={styles.bad}>
            {t("sql.at", { line, column })} {message}
          </li>
        ))}
      </ul>
    </>
  );
}

function Given({ run, whole }: { run: ApiRun; whole: boolean }) {
  const { t } = useTranslation("apis");
  const started = runStarted(run);
  if (started !== null)
    return (
      <p className={styles.facts}>
        {t("test.started")}
        <Link className={styles.link} to="/workflow-runs/$runId" params={{ runId: started }}>
          {t("test.seeRun")}
        </Link>
      </p>
    );
  if (run.items.length === 0)
    return <EmptyState kind="nothing" compact title={t("test.none.title")} text={t("test.none.text")} />;
  if (isTable(run.items, whole)) return <ResultTable items={run.items} />;
  const shown = whole && run.items.length === 1 ? run.items[0] : run.items;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <pre className={looks.answer} tabIndex={0} data-testid="answer">
      {JSON.stringify(shown, null, 2)}
    </pre>
  );
}

function Facts({ run, type }: { run: ApiRun; type: LogicType }) {
  const { t, i18n } = useTranslation("apis");
  const ms = (value: number) => showText(value, "ms", i18n.language);
  const times = { total: ms(run.times.total_ms), database: ms(run.times.database_ms) };
  const headers = Object.entries(run.headers ?? {});
  const whole = isWhole(type);
  return (
    <>
      <p className={`${styles.facts} num`} data-testid="trial-facts">
        <strong className={styles[tones[statusTone(run.status)]]}>{run.status}</strong>
        {whole ? null : <span>{t("test.rows", { count: run.row_count })}</span>}
        <span>
          {type === "sql" || type === "sql_write" ? t("test.time", times) : t("test.timeLogic", times)}
        </span>
        <span>{showText(run.bytes, "bytes", i18n.language)}</span>
        {run.truncated ? <span className={styles.warn}>{t("test.truncated")}</span> : null}
      </p>
      {headers.length === 0 ? null : (
        <section aria-label={t("test.headers")} className={looks.said}>
          <Pairs pairs={headers.map(([name, value]) => [name, <code key={name}>{value}</code>])} />
        </section>
      )}
    </>
  );
}

/** What a script said while it ran, or what each node of a workflow did. */
function Said({ log }: { log: NonNullable<ApiRun["log"]> }) {
  const { t } = useTranslation("apis");
  if (log.length === 0) return null;
  return (
    <section className={looks.said} aria-label={t("test.log")}>
      <h3>{t("test.log")}</h3>
      <ol>
        {log.map(({ level, message, fields }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own and never move
          <li key={index}>
            <code>{level}</code> <span>{message}</span>
            <span className={styles.note}>
              {Object.entries(fields)
                .map(([name, value]) => `${name}=${cellText(value) ?? "null"}`)
                .join(" ")}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Whether an answer is no list of rows. */
function isWhole(type: LogicType): boolean {
  return type === "script" || type === "workflow" || type === "sql_write";
}

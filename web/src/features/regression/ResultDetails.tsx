import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { GoldenResult } from "@/lib/api/types";
import { outcomeTones, verdictTones } from "./model";
import { resultQuery } from "./queries";
import styles from "./regression.module.css";

interface Props {
  runId: string;
  questionKey: string;
  onAgain: (() => void) | undefined;
  onRun(id: string): void;
  onClose(): void;
}

/** One question of a run: expected and said, what is not as in the baseline, and how it went before. */
export function ResultDetails({ runId, questionKey, onAgain, onRun, onClose }: Props) {
  const { t } = useTranslation("regression");
  const result = useQuery(resultQuery(runId, questionKey));
  return (
    <Inspector
      title={questionKey}
      badges={
        result.data === undefined ? null : (
          <StatusBadge tone={outcomeTones[result.data.outcome]} label={t(`outcome.${result.data.outcome}`)} />
        )
      }
      actions={
        onAgain === undefined ? null : (
          <Button size="compact-sm" variant="default" onClick={onAgain}>
            {t("result.again")}
          </Button>
        )
      }
      onClose={onClose}
    >
      <StateView query={result}>
        {(data) => (
          <>
            <p className={styles.question} lang={data.language}>
              {data.question}
            </p>
            {data.cause === null ? null : <p className={styles.quiet}>{t(`cause.${data.cause}`)}</p>}
            <Findings result={data} />
            <Changes result={data} />
            <Past result={data} onRun={onRun} />
            <InspectorSection title={t("result.plan")}>
              <pre className={styles.text}>{data.report.plan}</pre>
            </InspectorSection>
          </>
        )}
      </StateView>
    </Inspector>
  );
}

function Findings({ result }: { result: GoldenResult }) {
  const { t } = useTranslation("regression");
  return (
    <InspectorSection title={t("result.findings")}>
      <ul className={styles.findings}>
        {result.report.findings.map((finding, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: findings never change, and several may have one name
          <li key={index}>
            <span className={styles.finding}>
              <StatusBadge
                tone={verdictTones[finding.verdict]}
                label={t(`verdict.${finding.verdict}`)}
                plain
              />
              <strong>{t(`finding.${finding.name}`, { defaultValue: finding.name })}</strong>
            </span>
            <Sides
              before={[t("result.expected"), finding.expected]}
              after={[t("result.said"), finding.said]}
            />
          </li>
        ))}
      </ul>
      {result.report.gaps.map((gap) => (
        <p key={gap} className={styles.quiet}>
          {gap}
        </p>
      ))}
    </InspectorSection>
  );
}

function Changes({ result }: { result: GoldenResult }) {
  const { t } = useTranslation("regression");
  return (
    <InspectorSection title={t("result.changes")}>
      {result.changes.length === 0 ? (
        <p className={styles.quiet}>
          {result.baseline_run_id === null ? t("result.noBaseline") : t("result.same")}
        </p>
      ) : (
        <ul className={styles.findings}>
          {result.changes.map((change) => (
            <li key={change.what}>
              <strong>{t(`change.${change.what}`, { defaultValue: change.what })}</strong>
              <Sides before={[t("result.before"), change.before]} after={[t("result.after"), change.after]} />
            </li>
          ))}
        </ul>
      )}
    </InspectorSection>
  );
}

type Side = readonly [label: string, text: string];

function Sides({ before, after }: { before: Side; after: Side }) {
  return (
    <dl className={styles.sides}>
      {[before, after].map(([label, text]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{text === "" ? "–" : text}</dd>
        </div>
      ))}
    </dl>
  );
}

function Past({ result, onRun }: { result: GoldenResult; onRun(id: string): void }) {
  const { t } = useTranslation("regression");
  return (
    <InspectorSection title={t("result.history")}>
      <ul className={styles.findings}>
        {result.history.map((past) => (
          <li key={past.run_id} className={styles.finding}>
            <StatusBadge tone={outcomeTones[past.outcome]} label={t(`outcome.${past.outcome}`)} plain />
            {past.run_id === result.run_id ? (
              <TimeAgo at={past.started_at} />
            ) : (
              <Button size="compact-xs" variant="subtle" onClick={() => onRun(past.run_id)}>
                <TimeAgo at={past.started_at} />
              </Button>
            )}
            <span className={styles.quiet}>{past.cause === null ? "" : t(`cause.${past.cause}`)}</span>
          </li>
        ))}
      </ul>
    </InspectorSection>
  );
}

import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { Executor, ExecutorRun } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { useMay } from "@/lib/query/me";
import { Standing, Times } from "./ExecutorsPanel";
import { duration, runTones, seconds } from "./model";
import styles from "./performance.module.css";
import { executorsQuery, type Step, steps, useExecutorRuns } from "./queries";

/** One executor beside the list: its times, its steps, and what became of its moments. */
export function ExecutorDetails({ id, onClose }: { id: string; onClose(): void }) {
  const { t } = useTranslation("performance");
  const executor = useQuery(executorsQuery).data?.find((one) => one.id === id);
  const runs = useExecutorRuns(id);
  if (executor === undefined) return null;
  return (
    <Inspector title={executor.name} badges={<Standing executor={executor} />} onClose={onClose}>
      <Steps executor={executor} />
      <Facts executor={executor} />
      <InspectorSection title={t("runs.title")}>
        <StateView query={runs}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState kind="nothing" compact title={t("runs.none")} />
            ) : (
              <ul className={styles.runs}>
                {rows.map((run) => (
                  <Run key={run.due_at} run={run} />
                ))}
              </ul>
            )
          }
        </StateView>
      </InspectorSection>
    </Inspector>
  );
}

function Steps({ executor }: { executor: Executor }) {
  const { t } = useTranslation("performance");
  const client = useQueryClient();
  const may = useMay()("rules.write");
  const step = useMutation({
    mutationFn: (name: Step) => steps[name](executor.id),
    onSuccess: () => client.invalidateQueries({ queryKey: ["performance"] }),
  });
  if (!may) return null;
  const button = (name: Step) => (
    <Button variant="default" size="compact-sm" loading={step.isPending} onClick={() => step.mutate(name)}>
      {t(`steps.${name}`)}
    </Button>
  );
  return (
    <>
      <div className={styles.actions}>
        {button("run")}
        {executor.paused_at === null ? button("pause") : button("resume")}
      </div>
      <ProblemNotice error={step.error} />
    </>
  );
}

function Facts({ executor }: { executor: Executor }) {
  const { t, i18n } = useTranslation("performance");
  const next = executor.next_at === null ? "–" : dateTime(new Date(executor.next_at), i18n.language);
  const pairs: [string, ReactNode][] = [
    [t("executors.kind"), t(`executors.kinds.${executor.kind}`)],
    [t("executors.times"), <Times key="times" executor={executor} />],
    [t("executors.next"), next],
    [t("executors.missed"), t(`executors.policies.${executor.missed}`)],
  ];
  if (executor.paused_by !== null) pairs.push([t("executors.pausedBy"), executor.paused_by]);
  if (executor.leased_by !== null) {
    pairs.push([t("executors.owner"), <code key="owner">{executor.leased_by.slice(-12)}</code>]);
  }
  return <Pairs pairs={pairs} />;
}

function Run({ run }: { run: ExecutorRun }) {
  const { t, i18n } = useTranslation("performance");
  const took = seconds(run);
  return (
    <li className={styles.run}>
      <div className={styles.line}>
        <StatusBadge tone={runTones[run.outcome]} label={t(`executors.states.${run.outcome}`)} plain />
        <TimeAgo at={run.due_at} />
        {took === null ? null : <span className="num">{duration(took * 1000, i18n.language)}</span>}
        {run.rows === null ? null : <span className="num">{t("runs.rows", { count: run.rows })}</span>}
        {run.attempt > 1 ? <span>{t("runs.attempt", { number: run.attempt })}</span> : null}
        {run.asked_by === null ? null : (
          <span className={styles.quiet}>{t("runs.askedBy", { name: run.asked_by })}</span>
        )}
      </div>
      {run.detail === "" ? null : <div className={styles.detail}>{run.detail}</div>}
    </li>
  );
}

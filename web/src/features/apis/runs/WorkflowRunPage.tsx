import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import { Waiting } from "@/components/state/Waiting";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { WorkflowRun } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import type { Json } from "@/lib/json/pointer";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useSelection } from "@/lib/navigation/use-selection";
import { useMay } from "@/lib/query/me";
import styles from "../apis.module.css";
import looks from "../logic.module.css";
import { logicFrom } from "../model/logic";
import { runNodes, stateTone } from "../model/node-runs";
import { NodeTable } from "./NodeTable";
import { Questions } from "./Questions";
import { workflowRunQuery } from "./queries";
import { RunActions } from "./RunActions";

const Canvas = lazy(() => import("../workflow/Canvas"));

export default function WorkflowRunPage() {
  const { t } = useTranslation("apis");
  const { runId } = useParams({ strict: false });
  const id = runId ?? "";
  const run = useQuery(workflowRunQuery(id));
  useLiveRefresh("workflows", ["workflow-runs", "one", id], 300);
  return (
    <StateView query={run} waiting={<Page header={<PageHeader title={t("wfRuns.one")} />}>{null}</Page>}>
      {(data) => <Loaded key={data.id} run={data} />}
    </StateView>
  );
}

function Loaded({ run }: { run: WorkflowRun }) {
  const { t } = useTranslation("apis");
  const may = useMay();
  const acts = may("apis.run");
  const { selected, select } = useSelection();
  const runs = useMemo(() => runNodes(run.nodes), [run.nodes]);
  const workflow = useMemo(() => {
    const logic = logicFrom(run.logic as Json, "workflow");
    return logic?.type === "workflow" ? logic : null;
  }, [run.logic]);
  return (
    <Page
      header={
        <PageHeader
          title={run.api_name}
          text={t("wfRuns.one")}
          badges={
            <>
              <StatusBadge tone={stateTone(run.state)} label={t(`workflow.state.${run.state}`)} />
              {run.cancel_asked && run.state === "running" ? (
                <StatusBadge plain tone="warn" label={t("wfRuns.cancelling")} />
              ) : null}
            </>
          }
          actions={acts ? <RunActions run={run} node={selected} /> : null}
        />
      }
    >
      <div className={styles.frame}>
        <div className={styles.columns}>
          <div className={styles.stack}>
            <Questions run={run} readOnly={!acts} />
            {workflow === null ? null : (
              <Panel title={t("workflow.title")}>
                <Suspense fallback={<Waiting />}>
                  <Canvas workflow={workflow} runs={runs} selected={selected} onSelect={select} />
                </Suspense>
              </Panel>
            )}
            <NodeTable
              run={run}
              ids={workflow?.nodes.map(({ id }) => id) ?? itemIds(run)}
              runs={runs}
              selected={selected}
              onSelect={select}
            />
          </div>
          <div className={styles.side}>
            <Facts run={run} />
            <Document title={t("wfRuns.took")} value={run.params} />
            {run.output === null || run.output === undefined ? null : (
              <Document title={t("wfRuns.gave")} value={run.output} />
            )}
          </div>
        </div>
      </div>
    </Page>
  );
}

/** The calls of a run that is no workflow, in the order they were given. */
function itemIds(run: WorkflowRun): string[] {
  return run.nodes.map(({ node_id }) => node_id).sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
}

function Facts({ run }: { run: WorkflowRun }) {
  const { t, i18n } = useTranslation("apis");
  const moment = (at: string | null) => (at === null ? null : dateTime(new Date(at), i18n.language));
  return (
    <Panel>
      <div className={styles.inner}>
        <Pairs
          pairs={[
            [
              t("wfRuns.api"),
              <Link key="api" className={styles.link} to="/apis/$apiId" params={{ apiId: run.api_id }}>
                {run.api_name}
              </Link>,
            ],
            [
              t("field.version"),
              run.version === 0 ? t("runs.draft") : t("common:object.version", { version: run.version }),
            ],
            [t("wfRuns.kind"), t(`wfRuns.kinds.${run.kind}`)],
            [t("wfRuns.askedBy"), run.asked_by],
            [t("wfRuns.started"), <TimeAgo key="at" at={run.created_at} />],
            [t("wfRuns.ended"), moment(run.ended_at)],
            [t("wfRuns.wakes"), moment(run.wake_at)],
          ]}
        />
        {run.error === null ? null : (
          <p className={styles.warn}>
            <code>{run.error_code}</code> {run.error}
          </p>
        )}
      </div>
    </Panel>
  );
}

function Document({ title, value }: { title: string; value: unknown }) {
  return (
    <Panel title={title}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre className={looks.answer} tabIndex={0}>
        {JSON.stringify(value, null, 2)}
      </pre>
    </Panel>
  );
}

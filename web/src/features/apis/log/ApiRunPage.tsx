import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { ApiRunLog } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { dateTime } from "@/lib/format/times";
import { useMay } from "@/lib/query/me";
import styles from "../apis.module.css";
import { cellText, statusTone } from "../model/results";
import looks from "./log.module.css";
import { loggedRunQuery } from "./queries";
import { Rerun } from "./Rerun";
import { TimeSplit } from "./TimeSplit";

export default function ApiRunPage() {
  const { t } = useTranslation("apilog");
  const { runId } = useParams({ strict: false });
  const run = useQuery(loggedRunQuery(runId ?? ""));
  return (
    <StateView query={run} waiting={<Page header={<PageHeader title={t("one")} />}>{null}</Page>}>
      {(data) => <Loaded key={data.id} run={data} />}
    </StateView>
  );
}

function Loaded({ run }: { run: ApiRunLog }) {
  const { t } = useTranslation("apilog");
  const may = useMay();
  return (
    <Page
      header={
        <PageHeader
          title={run.api_name === "" ? `/runtime/${run.path}` : run.api_name}
          text={t("one")}
          badges={<StatusBadge tone={statusTone(run.status)} label={String(run.status)} />}
        />
      }
    >
      <div className={styles.frame}>
        <div className={styles.columns}>
          <div className={styles.stack}>
            {run.code === "" ? null : (
              <Panel title={t("why")}>
                <p className={styles.inner}>
                  <code>{run.code}</code>
                  <span>{run.detail}</span>
                </p>
              </Panel>
            )}
            <Panel title={t("timeSplit")}>
              <div className={styles.inner}>
                <TimeSplit run={run} />
              </div>
            </Panel>
            {may("apis.run") ? <Rerun run={run} /> : null}
          </div>
          <div className={styles.side}>
            <Facts run={run} />
            <Parameters run={run} />
          </div>
        </div>
      </div>
    </Page>
  );
}

function Facts({ run }: { run: ApiRunLog }) {
  const { t, i18n } = useTranslation("apilog");
  const may = useMay();
  const version = run.version === 0 ? t("draft") : t("common:object.version", { version: run.version });
  return (
    <Panel title={t("facts")}>
      <div className={styles.inner}>
        <Pairs
          pairs={[
            [t("field.at"), dateTime(new Date(run.at), i18n.language)],
            [
              t("field.api"),
              run.api_id === null ? null : (
                <Link key="api" className={styles.link} to="/apis/$apiId" params={{ apiId: run.api_id }}>
                  {run.api_name}
                </Link>
              ),
            ],
            [t("field.version"), run.api_id === null ? null : version],
            [t("field.caller"), run.actor_name],
            [t("field.path"), <code key="path">{`${run.method} /runtime/${run.path}`}</code>],
            [t("field.rows"), run.rows.toLocaleString(i18n.language)],
            [t("field.bytes"), showText(run.bytes, "bytes", i18n.language)],
            [t("field.cut"), run.truncated ? t("yes") : t("no")],
            [t("field.cache"), run.cache],
            [t("field.id"), <CopyText key="id" text={run.id} />],
            [t("field.trace"), run.trace_id === "" ? null : <CopyText key="trace" text={run.trace_id} />],
          ]}
        />
        {run.trace_id === "" ? null : (
          <Link className={styles.link} to="/api-runs" search={{ q: run.trace_id }}>
            {t("sameTrace")}
          </Link>
        )}
        {run.trace_id === "" || !may("traces.read") ? null : (
          <Link className={styles.link} to="/traces/$traceId" params={{ traceId: run.trace_id }}>
            {t("openTrace")}
          </Link>
        )}
      </div>
    </Panel>
  );
}

function Parameters({ run }: { run: ApiRunLog }) {
  const { t } = useTranslation("apilog");
  const parameters = Object.entries(run.parameters);
  return (
    <Panel title={t("parameters.title")}>
      <div className={styles.inner}>
        {parameters.length === 0 ? (
          <p className={looks.note}>{t("parameters.none")}</p>
        ) : (
          <Pairs pairs={parameters.map(([name, value]) => [name, cellText(value)])} />
        )}
        <p className={looks.note}>{t("parameters.masked")}</p>
      </div>
    </Panel>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { Trace, TracePart } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { dateTime } from "@/lib/format/times";
import { useSelection } from "@/lib/navigation/use-selection";
import { useMay } from "@/lib/query/me";
import { CompareWith } from "./CompareWith";
import { toneOf } from "./looks";
import { mainPart } from "./model/parts";
import { Parts } from "./Parts";
import { traceQuery } from "./queries";
import { SpanDetails } from "./SpanDetails";
import styles from "./traces.module.css";
import { Waterfall } from "./Waterfall";

interface Props {
  /** Draws the answer of a question as its asker saw it. */
  answer(questionId: string): ReactNode;
}

export function TracePage({ answer }: Props) {
  const { t } = useTranslation("traces");
  const { traceId } = useParams({ strict: false });
  const trace = useQuery(traceQuery(traceId ?? ""));
  return (
    <StateView query={trace} waiting={<Page header={<PageHeader title={t("one")} />}>{null}</Page>}>
      {(data) => <Loaded key={data.trace_id} trace={data} answer={answer} />}
    </StateView>
  );
}

function Loaded({ trace, answer }: Props & { trace: Trace }) {
  const { t } = useTranslation("traces");
  const { selected, select, clear } = useSelection();
  const main = mainPart(trace.parts);
  const chosen = trace.spans.find(({ id }) => id === selected);
  const question = trace.parts.find(({ kind, subject_id }) => kind === "question" && subject_id !== null);
  return (
    <Page
      header={
        <PageHeader
          title={main.name}
          text={t("one")}
          badges={<StatusBadge tone={toneOf[main.status]} label={t(`status.${main.status}`)} />}
          actions={<CompareWith traceId={trace.trace_id} />}
        />
      }
    >
      <div className={styles.frame}>
        <div className={styles.columns}>
          <div className={styles.main}>
            {main.family === "" ? null : <Failure part={main} />}
            <Panel title={t("spans", { count: trace.spans.length })}>
              <Waterfall trace={trace} selected={selected} onSelect={select} />
            </Panel>
            {question?.subject_id ? <Panel title={t("answer")}>{answer(question.subject_id)}</Panel> : null}
          </div>
          <div className={styles.side}>
            <Facts trace={trace} main={main} />
            <Parts parts={trace.parts} />
          </div>
        </div>
      </div>
      {chosen === undefined ? null : <SpanDetails traceId={trace.trace_id} span={chosen} onClose={clear} />}
    </Page>
  );
}

function Failure({ part }: { part: TracePart }) {
  const { t } = useTranslation("traces");
  return (
    <Panel title={t("why")}>
      <p className={styles.inner}>
        {t(`family.${part.family}`, { defaultValue: part.family })} <code>{part.code}</code> {part.detail}
      </p>
    </Panel>
  );
}

function Facts({ trace, main }: { trace: Trace; main: TracePart }) {
  const { t, i18n } = useTranslation("traces");
  const may = useMay();
  const lost = trace.parts.reduce((sum, part) => sum + part.lost, 0);
  return (
    <Panel title={t("facts")}>
      <div className={styles.inner}>
        <Pairs
          pairs={[
            [t("field.kind"), t(`kind.${main.kind}`)],
            [t("field.at"), dateTime(new Date(trace.started_at), i18n.language)],
            [t("field.time"), showText(trace.duration_ms, "ms", i18n.language)],
            [t("field.caller"), main.actor_name],
            [t("field.trace"), <CopyText key="trace" text={trace.trace_id} />],
            ...(lost > 0 ? ([[t("field.lost"), String(lost)]] as [string, ReactNode][]) : []),
          ]}
        />
        {trace.complete ? null : <p className={styles.note}>{t("cut")}</p>}
        {may("system.read") && trace.spans.some(({ name }) => name === "llm.call") ? (
          <Link className={styles.link} to="/llm" search={{ trace: trace.trace_id }}>
            {t("llmCalls")}
          </Link>
        ) : null}
      </div>
    </Panel>
  );
}

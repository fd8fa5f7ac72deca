import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { StateView } from "@/components/state/StateView";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { LlmCallDetail } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { dateTime } from "@/lib/format/times";
import styles from "./llm.module.css";
import { dollars, outcomeTones } from "./model";
import { callQuery } from "./queries";

/** One call beside the list: what came of it, what was said, what came back. */
export function CallDetails({ id, onClose }: { id: string; onClose(): void }) {
  const { t } = useTranslation("llm");
  const call = useQuery(callQuery(id));
  return (
    <Inspector
      title={call.data === undefined ? t("call.title") : t(`purpose.${call.data.purpose}`)}
      badges={
        call.data === undefined ? null : (
          <StatusBadge tone={outcomeTones[call.data.outcome]} label={t(`outcome.${call.data.outcome}`)} />
        )
      }
      onClose={onClose}
    >
      <StateView query={call}>
        {(data) => (
          <>
            {data.detail === "" ? null : <p className={styles.why}>{data.detail}</p>}
            <Facts call={data} />
            <Texts call={data} />
          </>
        )}
      </StateView>
    </Inspector>
  );
}

function Facts({ call }: { call: LlmCallDetail }) {
  const { t, i18n } = useTranslation("llm");
  const prompt =
    call.prompt_key === null
      ? t("call.builtIn")
      : `${call.prompt_key} ${t("common:object.version", { version: call.prompt_version ?? 0 })}`;
  const count = (value: number | null) => (value === null ? null : value.toLocaleString(i18n.language));
  const pairs: [string, ReactNode][] = [
    [t("calls.at"), dateTime(new Date(call.at), i18n.language)],
    [t("calls.connection"), call.connection],
    [t("calls.model"), call.model === "" ? null : `${call.provider} · ${call.model}`],
    [t("call.prompt"), prompt],
    [t("call.attempts"), call.attempts.toLocaleString(i18n.language)],
    [t("calls.tokensIn"), count(call.tokens_in)],
    [t("calls.tokensOut"), count(call.tokens_out)],
    [
      t("calls.cost"),
      call.cost === null && call.tokens_in !== null ? t("call.noPrice") : dollars(call.cost, i18n.language),
    ],
    [t("calls.took"), showText(call.took_ms, "ms", i18n.language)],
    [t("calls.by"), call.asked_by_name],
    [
      t("call.question"),
      call.question_id === null ? null : (
        <Link
          key="question"
          className={styles.link}
          to="/ask/$questionId"
          params={{ questionId: call.question_id }}
        >
          {t("call.open")}
        </Link>
      ),
    ],
    [t("call.trace"), call.trace_id === null ? null : <CopyText key="trace" text={call.trace_id} />],
  ];
  return <Pairs pairs={pairs} />;
}

function Texts({ call }: { call: LlmCallDetail }) {
  const { t } = useTranslation("llm");
  if (call.hidden) return <p className={styles.quiet}>{t("call.hidden")}</p>;
  if (call.prompt === null && call.answer === null)
    return <p className={styles.quiet}>{t("call.notKept")}</p>;
  return (
    <>
      <InspectorSection title={t("call.answer")}>
        <pre className={styles.text}>{call.answer ?? t("call.noAnswer")}</pre>
      </InspectorSection>
      <InspectorSection title={t("call.said")}>
        <pre className={styles.text}>{call.prompt}</pre>
      </InspectorSection>
    </>
  );
}

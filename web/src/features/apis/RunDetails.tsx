import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { ApiRunLog } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { dateTime } from "@/lib/format/times";
import styles from "./apis.module.css";
import { TimeSplit } from "./log/TimeSplit";
import { cellText, statusTone } from "./model/results";

export function RunDetails({ run, onClose }: { run: ApiRunLog; onClose(): void }) {
  const { t, i18n } = useTranslation(["apis", "apilog"]);
  const ms = (value: number) => showText(value, "ms", i18n.language);
  const parameters = Object.entries(run.parameters);
  return (
    <Inspector
      title={t("runs.one")}
      badges={<StatusBadge tone={statusTone(run.status)} label={String(run.status)} />}
      onClose={onClose}
    >
      <Pairs
        pairs={[
          [t("field.at"), dateTime(new Date(run.at), i18n.language)],
          [t("field.caller"), run.actor_name],
          [t("field.path"), <code key="path">{`${run.method} /runtime/${run.path}`}</code>],
          [t("field.rows"), run.rows.toLocaleString(i18n.language)],
          [t("field.bytes"), showText(run.bytes, "bytes", i18n.language)],
          [t("field.cache"), run.cache],
          [t("field.time"), ms(run.total_ms)],
          [t("field.trace"), run.trace_id === "" ? null : <CopyText key="trace" text={run.trace_id} />],
        ]}
      />
      <TimeSplit run={run} />
      <Link className={styles.link} to="/api-runs/$runId" params={{ runId: run.id }}>
        {t("apilog:openOne")}
      </Link>
      {run.code === "" ? null : (
        <InspectorSection title={t("runs.why")}>
          <code>{run.code}</code>
          <span>{run.detail}</span>
        </InspectorSection>
      )}
      {parameters.length === 0 ? null : (
        <InspectorSection title={t("parameters.title")}>
          <Pairs pairs={parameters.map(([name, value]) => [name, cellText(value)])} />
        </InspectorSection>
      )}
    </Inspector>
  );
}

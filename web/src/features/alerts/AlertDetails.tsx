import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { StateView } from "@/components/state/StateView";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { AlertDetail } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import { AlertActions } from "./AlertActions";
import styles from "./alerts.module.css";
import { MutedList } from "./MutedList";
import { aboutOf, toneOf } from "./model/alerts";
import { Proof } from "./Proof";
import { alertQuery } from "./queries";
import { Timeline } from "./Timeline";

export function AlertDetails({ id, onClose }: { id: string; onClose(): void }) {
  const { t } = useTranslation("alerts");
  const alert = useQuery(alertQuery(id));
  return (
    <Inspector
      title={alert.data?.title ?? t("one")}
      badges={alert.data === undefined ? null : <SeverityBadge severity={alert.data.severity} />}
      onClose={onClose}
    >
      <StateView query={alert} compact>
        {(data) => <Content alert={data} />}
      </StateView>
    </Inspector>
  );
}

function Content({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation("alerts");
  const may = useMay();
  return (
    <>
      <Pairs
        pairs={[
          [
            t("field.state"),
            <StatusBadge key="state" plain tone={toneOf(alert.state)} label={t(`state.${alert.state}`)} />,
          ],
          [t("field.rule"), <RuleLink key="rule" alert={alert} />],
          ...aboutOf(alert).map(([name, value]): [string, ReactNode] => [
            name,
            name === "item" ? <ItemLink key="item" alert={alert} name={value} /> : value,
          ]),
          [t("field.started"), <TimeAgo key="started" at={alert.started_at} />],
          [t("field.by"), alert.acknowledged_by],
          [t("field.assignee"), alert.assignee],
          ...Object.entries(alert.annotations),
          [t("field.id"), <CopyText key="id" text={alert.id} />],
        ]}
      />
      {(alert.muted_by ?? []).length === 0 ? null : (
        <InspectorSection title={t("muted.title")}>
          <MutedList muted={alert.muted_by ?? []} />
        </InspectorSection>
      )}
      {may("alerts.write") ? (
        <InspectorSection title={t("act.title")}>
          <AlertActions alert={alert} />
        </InspectorSection>
      ) : null}
      <InspectorSection title={t("proof.title")}>
        <Proof proof={alert.proof} />
      </InspectorSection>
      <InspectorSection title={t("timeline")}>
        <Timeline lines={alert.timeline} />
      </InspectorSection>
    </>
  );
}

function RuleLink({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation("alerts");
  const may = useMay();
  const text = `${alert.rule_name} · v${alert.rule_version}`;
  if (alert.origin === "posted") return t("posted", { name: alert.rule_name });
  if (!may("rules.read")) return text;
  return (
    <Link className={styles.link} to="/rules/$ruleId" params={{ ruleId: alert.rule_id }}>
      {text}
    </Link>
  );
}

function ItemLink({ alert, name }: { alert: AlertDetail; name: string }) {
  const may = useMay();
  if (alert.item_id === null || !may("inventory.read")) return name;
  return (
    <Link className={styles.link} to="/inventory/$itemId" params={{ itemId: alert.item_id }}>
      {name}
    </Link>
  );
}

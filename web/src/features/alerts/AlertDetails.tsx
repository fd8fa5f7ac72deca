import { useQuery } from "@tanstack/react-query";
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
import { toneOf } from "./model";
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
  const open = alert.state === "firing" || alert.state === "acknowledged";
  return (
    <>
      <Pairs
        pairs={[
          [
            t("field.state"),
            <StatusBadge key="state" plain tone={toneOf(alert.state)} label={t(`state.${alert.state}`)} />,
          ],
          [t("field.rule"), `${alert.rule_name} · v${alert.rule_version}`],
          ...Object.entries(alert.labels).map(([name, value]) => [name, value] as [string, string]),
          [t("field.started"), <TimeAgo key="started" at={alert.started_at} />],
          [t("field.by"), alert.acknowledged_by],
          [t("field.id"), <CopyText key="id" text={alert.id} />],
        ]}
      />
      {may("alerts.write") && open ? (
        <InspectorSection title={t("act.title")}>
          <AlertActions alert={alert} />
        </InspectorSection>
      ) : null}
      <InspectorSection title={t("proof.title")}>
        <Proof proof={alert.proof} />
      </InspectorSection>
      <InspectorSection title={t("timeline")}>
        <Timeline transitions={alert.transitions} />
      </InspectorSection>
    </>
  );
}

import { Button, Checkbox, Group } from "@mantine/core";
import { IconGitBranch } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { IncidentDetail } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import styles from "./incidents.module.css";
import { useIncidentActions } from "./queries";

type IncidentAlert = IncidentDetail["alerts"][number];

/** The alerts with what ties each to the incident; ticked ones can become an incident of their own. */
export function IncidentAlerts({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const may = useMay();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<string[]>([]);
  const { split } = useIncidentActions(incident.id);
  const { alerts } = incident;
  const splits = may("alerts.write") && incident.merged_into === null && alerts.length > 1;
  const apart = () =>
    split.mutate(chosen, {
      onSuccess: ({ id }) => {
        setChosen([]);
        void navigate({ to: "/incidents/$incidentId", params: { incidentId: id } });
      },
    });
  return (
    <Panel
      title={t("alerts.title")}
      note={t("alertCount", { count: alerts.length })}
      actions={
        splits ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconGitBranch size={14} aria-hidden />}
            disabled={chosen.length === 0 || chosen.length === alerts.length}
            loading={split.isPending}
            onClick={apart}
          >
            {t("split")}
          </Button>
        ) : null
      }
    >
      <ProblemNotice error={split.error} />
      <Checkbox.Group value={chosen} onChange={setChosen} aria-label={t("alerts.title")}>
        <ul className={styles.alerts}>
          {alerts.map((alert) => (
            <li key={alert.id}>
              {splits ? (
                <Checkbox value={alert.id} aria-label={t("alerts.tick", { title: alert.title })} />
              ) : null}
              <Row alert={alert} incident={incident} />
            </li>
          ))}
        </ul>
      </Checkbox.Group>
    </Panel>
  );
}

function Row({ alert, incident }: { alert: IncidentAlert; incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  return (
    <div className={styles.alert}>
      <Group gap="xs" wrap="nowrap">
        <SeverityBadge severity={alert.severity} />
        <Link className={styles.link} to="/alerts" search={{ selected: alert.id } as never}>
          {alert.title}
        </Link>
      </Group>
      <span className={styles.note}>
        {t(`alerts.state.${alert.state}`)} · <TimeAgo at={alert.started_at} /> · {alert.rule_name}
      </span>
      <span className={styles.note}>{useTie(alert, incident)}</span>
    </div>
  );
}

/** Why the alert is here, in words. */
function useTie({ tie, tie_detail }: IncidentAlert, { items }: IncidentDetail): string {
  const { t } = useTranslation("incidents");
  const { item, hops, ...labels } = tie_detail;
  if (tie === "topology") {
    const name = items.find(({ id }) => id === item)?.name ?? "";
    return t("tie.topology", { item: name, count: Number(hops ?? 0) });
  }
  const shared = Object.entries(labels).map(([name, value]) => `${name} = ${value}`);
  return t(`tie.${tie}`, { labels: shared.join(", ") });
}

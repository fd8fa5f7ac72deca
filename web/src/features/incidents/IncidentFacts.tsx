import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { Pairs } from "@/components/status/Pairs";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { IncidentDetail } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import { useNow } from "@/lib/time/now";
import styles from "./incidents.module.css";
import { minutesUntil } from "./model";
import { peopleQuery, useIncidentActions } from "./queries";

/** Since when, who sees to it, and what happens next unless somebody acts. */
export function IncidentFacts({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const pairs: [string, ReactNode][] = [
    [t("field.opened"), <TimeAgo key="opened" at={incident.opened_at} />],
    ...Object.entries(incident.labels),
  ];
  if (incident.acknowledged_by !== null) pairs.push([t("field.acknowledged"), incident.acknowledged_by]);
  if (incident.resolved_by !== null) pairs.push([t("field.resolved"), incident.resolved_by]);
  return (
    <Panel title={t("facts.title")}>
      <div className={styles.inside}>
        <Pairs pairs={pairs} />
        <Assignee incident={incident} />
        <Upcoming incident={incident} />
      </div>
    </Panel>
  );
}

function Assignee({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const may = useMay();
  const { data } = useQuery(peopleQuery);
  const { change } = useIncidentActions(incident.id);
  const people = (data?.items ?? []).map(({ user_id, name }) => ({ value: user_id, label: name }));
  return (
    <>
      <Select
        label={t("field.assignee")}
        placeholder={t("assignee.nobody")}
        data={people}
        value={incident.assignee_id}
        clearable
        searchable
        disabled={!may("alerts.write") || change.isPending}
        onChange={(assignee_id) => change.mutate({ assignee_id })}
      />
      <ProblemNotice error={change.error} />
    </>
  );
}

function Upcoming({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const now = useNow();
  const coming = incident.upcoming.filter(
    ({ purpose, detail }) =>
      purpose === "quiet" || incident.state === "open" || (purpose === "sla" && detail["kind"] === "resolve"),
  );
  if (coming.length === 0) return null;
  return (
    <section aria-label={t("upcoming.title")}>
      <h3 className={styles.subtitle}>{t("upcoming.title")}</h3>
      <ul className={styles.plain}>
        {coming.map(({ purpose, due_at, detail }) => (
          <li key={`${purpose} ${due_at} ${detail["kind"] ?? ""}`} className={styles.note}>
            {t(`upcoming.${purpose === "sla" ? `sla_${detail["kind"] ?? ""}` : purpose}`, {
              step: Number(detail["step"] ?? 0) + 1,
            })}{" "}
            <span className="num">{t("upcoming.in", { count: Math.max(0, minutesUntil(due_at, now)) })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { IncidentDetail } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import styles from "./incidents.module.css";
import { entryTone } from "./model";

type Entry = IncidentDetail["entries"][number];

/** Everything that became of the incident, the newest first. */
export function IncidentTimeline({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  return (
    <Panel title={t("timeline")}>
      <ol className={styles.timeline}>
        {incident.entries.toReversed().map((entry) => (
          <Line key={entry.id} entry={entry} />
        ))}
      </ol>
    </Panel>
  );
}

function Line({ entry }: { entry: Entry }) {
  const { t, i18n } = useTranslation("incidents");
  const { kind, detail, text } = entry;
  return (
    <li>
      <StatusBadge plain tone={entryTone(kind)} label={t(`entry.${kind}`)} />
      <span className={styles.note}>
        <span className="num">{dateTime(new Date(entry.at), i18n.language)}</span> ·{" "}
        {entry.actor_kind === "system" ? t("system") : entry.actor}
      </span>
      <Detail kind={kind} detail={detail} />
      {text === "" ? null : <p className={styles.comment}>{text}</p>}
    </li>
  );
}

function Detail({ kind, detail }: { kind: Entry["kind"]; detail: Entry["detail"] }) {
  const { t } = useTranslation("incidents");
  const { incident_id, incident } = detail;
  if (incident_id !== undefined)
    return (
      <Link className={styles.link} to="/incidents/$incidentId" params={{ incidentId: incident_id }}>
        {incident}
      </Link>
    );
  const said = wordsOf(kind, detail, t);
  return said === "" ? null : <span>{said}</span>;
}

type Say = (key: string, options?: Record<string, string>) => string;

function wordsOf(kind: Entry["kind"], detail: Entry["detail"], t: Say): string {
  if (kind === "escalated") return t("detail.escalated", detail);
  if (kind === "not_escalated") {
    const reason =
      detail["detail"] ?? t(`detail.reason.${detail["reason"] ?? ""}`, { told: detail["told"] ?? "" });
    return t("detail.not_escalated", { ...detail, reason });
  }
  if (kind === "sla_breached") return t(`detail.sla_${detail["kind"] ?? ""}`, { told: detail["told"] ?? "" });
  if (kind === "severity_raised") return t(`common:severity.${detail["severity"] ?? ""}`);
  if (kind === "assigned")
    return detail["assignee"] === "" ? t("assignee.nobody") : (detail["assignee"] ?? "");
  return detail["alert"] ?? detail["title"] ?? detail["policy"] ?? "";
}

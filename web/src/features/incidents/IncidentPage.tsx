import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { Waiting } from "@/components/state/Waiting";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { IncidentDetail } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useMay } from "@/lib/query/me";
import { IncidentAlerts } from "./IncidentAlerts";
import { IncidentFacts } from "./IncidentFacts";
import { IncidentSteps } from "./IncidentSteps";
import { IncidentTimeline } from "./IncidentTimeline";
import styles from "./incidents.module.css";
import { toneOf } from "./model";
import { incidentQuery } from "./queries";

const ConcernedGraph = lazy(() => import("./ConcernedGraph"));

export default function IncidentPage() {
  const { t } = useTranslation("incidents");
  const { incidentId } = useParams({ strict: false });
  const id = incidentId ?? "";
  useLiveRefresh("incidents", ["incidents", "one", id], 300);
  const incident = useQuery(incidentQuery(id));
  return (
    <StateView query={incident} waiting={<Page header={<PageHeader title={t("one")} />}>{null}</Page>}>
      {(data) => <Loaded incident={data} />}
    </StateView>
  );
}

function Loaded({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const may = useMay();
  return (
    <Page
      header={
        <PageHeader
          title={incident.title}
          badges={
            <>
              <SeverityBadge severity={incident.severity} />
              <StatusBadge tone={toneOf(incident.state)} label={t(`state.${incident.state}`)} />
            </>
          }
        />
      }
    >
      {incident.merged_into === null ? null : (
        <p className={styles.moved}>
          {t("movedTo")}{" "}
          <Link
            className={styles.link}
            to="/incidents/$incidentId"
            params={{ incidentId: incident.merged_into }}
          >
            {t("movedLink")}
          </Link>
        </p>
      )}
      <div className={styles.columns}>
        <div className={styles.main}>
          <IncidentAlerts key={incident.id} incident={incident} />
          <Panel title={t("graph.title")} note={t("graph.note")}>
            {incident.items.length === 0 ? (
              <EmptyState kind="nothing" compact title={t("graph.none.title")} text={t("graph.none.text")} />
            ) : (
              <Suspense fallback={<Waiting lines={4} />}>
                <ConcernedGraph incident={incident} />
              </Suspense>
            )}
          </Panel>
        </div>
        <div className={styles.side}>
          {may("alerts.write") && incident.merged_into === null ? (
            <IncidentSteps incident={incident} />
          ) : null}
          <IncidentFacts incident={incident} />
          <IncidentTimeline incident={incident} />
        </div>
      </div>
    </Page>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import type { ItemDetail } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useMay } from "@/lib/query/me";
import { resolve, stepFor, usefulRefreshMs } from "@/lib/time/range";
import { useTimeRange } from "@/lib/time/use-range";
import { AlertsPanel } from "./AlertsPanel";
import { Checklist } from "./Checklist";
import { EventsPanel } from "./EventsPanel";
import { HealthPanel } from "./HealthPanel";
import styles from "./home.module.css";
import { MetricPanel, points } from "./MetricPanel";
import { panelsOf } from "./model/panels";
import { type Machine, machineQuery } from "./queries";

export function HomePage() {
  const { t, i18n } = useTranslation("home");
  const may = useMay();
  const { range, refetchInterval } = useTimeRange();
  const everyMs = usefulRefreshMs(stepFor(resolve(range, new Date()), points));
  const machine = useQuery({ ...machineQuery, enabled: may("inventory.read") });
  useLiveRefresh("metrics", ["metrics"], everyMs - 500, refetchInterval !== false);
  useLiveRefresh("alerts", ["alerts"], 500);
  useLiveRefresh("events", ["events"], 2000);
  return (
    <Page
      header={
        <PageHeader
          title={t("title")}
          text={machine.data ? hostText(machine.data.host, i18n.language) : t("text")}
        />
      }
    >
      <Checklist measured={machine.data !== undefined && machine.data !== null} />
      <div className={styles.columns}>
        <div className={styles.metrics}>
          <StateView
            query={machine}
            isEmpty={(data) => data === null}
            empty={<EmptyState kind="nothing" title={t("waiting.title")} text={t("waiting.text")} />}
          >
            {(data) => <Panels machine={data} />}
          </StateView>
        </div>
        <div className={styles.side}>
          {may("alerts.read") ? <AlertsPanel /> : null}
          {may("events.read") ? <EventsPanel /> : null}
          {may("system.read") ? <HealthPanel /> : null}
        </div>
      </div>
    </Page>
  );
}

function Panels({ machine }: { machine: Machine | null }) {
  if (machine === null) return null;
  return (
    <div className={styles.grid}>
      {panelsOf(machine.host, machine.databases).map((spec) => (
        <MetricPanel key={spec.id} spec={spec} />
      ))}
    </div>
  );
}

/** "web-1 · Linux 6.1 · 2 × CPU · 23.5 GB": facts that read the same in every language. */
function hostText(host: ItemDetail, language: string): string {
  const { system, cores, memory_bytes: memory } = host.attributes;
  const size = typeof memory === "number" ? showText(memory, "bytes", language) : null;
  return [host.name, system, typeof cores === "number" ? `${cores} × CPU` : null, size]
    .filter(Boolean)
    .join(" · ");
}

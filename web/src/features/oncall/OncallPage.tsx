import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { OncallSchedule } from "@/lib/api/types";
import { shortTime } from "@/lib/format/times";
import { useFilters } from "@/lib/navigation/use-filters";
import { useMay } from "@/lib/query/me";
import { useNow } from "@/lib/time/now";
import { Contacts } from "./Contacts";
import styles from "./oncall.module.css";
import { contactsQuery, schedulesQuery } from "./queries";
import { ScheduleDialog } from "./ScheduleDialog";
import { ScheduleView } from "./ScheduleView";

export default function OncallPage() {
  const { t } = useTranslation("oncall");
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const schedules = useQuery(schedulesQuery);
  const add = may("rules.write") ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t("new")}
    </Button>
  ) : null;
  return (
    <Page header={<PageHeader title={t("title")} text={t("text")} actions={add} />}>
      <StateView
        query={schedules}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Panel>
            <EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} />
          </Panel>
        }
      >
        {({ items }) => <Schedules schedules={items} />}
      </StateView>
      <Contacts />
      {adding ? <ScheduleDialog onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}

function Schedules({ schedules }: { schedules: OncallSchedule[] }) {
  const { t } = useTranslation("oncall");
  const { filters, set } = useFilters<{ schedule?: string | undefined }>();
  const { data: contacts } = useQuery(contactsQuery);
  const chosen = schedules.find(({ id }) => id === filters.schedule) ?? schedules[0];
  const everybody = (contacts?.items ?? []).map(({ user_id }) => user_id);
  return (
    <div className={styles.columns}>
      <Panel title={t("now.title")}>
        <ul className={styles.schedules}>
          {schedules.map((schedule) => (
            <li key={schedule.id}>
              <button
                type="button"
                aria-current={schedule.id === chosen?.id}
                onClick={() => set({ schedule: schedule.id })}
              >
                <span className={styles.name}>{schedule.name}</span>
                <OnCall schedule={schedule} />
              </button>
            </li>
          ))}
        </ul>
      </Panel>
      {chosen === undefined ? null : <ScheduleView key={chosen.id} schedule={chosen} everybody={everybody} />}
    </div>
  );
}

function OnCall({ schedule }: { schedule: OncallSchedule }) {
  const { t, i18n } = useTranslation("oncall");
  const now = useNow();
  const { now: person, until } = schedule;
  return (
    <span className={styles.note}>
      {person === null ? (
        <StatusBadge plain tone="critical" label={t("nobody")} />
      ) : (
        <StatusBadge plain tone="ok" label={person.name === "" ? t("gone") : person.name} />
      )}{" "}
      {until === null ? null : t("now.until", { time: shortTime(new Date(until), now, i18n.language) })}
    </span>
  );
}

import { Button, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconClock, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { ApiSchedule } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import styles from "./later.module.css";
import { schedulesQuery, useScheduleAct } from "./queries";
import { ScheduleForm } from "./ScheduleForm";
import { Ticks } from "./Ticks";

interface Props {
  apiId: string;
  writes: boolean;
}

/** What the clock runs, and what became of each moment. */
export function Schedules({ apiId, writes }: Props) {
  const { t } = useTranslation("apis");
  const schedules = useQuery(schedulesQuery(apiId));
  const [making, make] = useDisclosure(false);
  return (
    <section className={styles.section} aria-label={t("later.schedules")}>
      <Group justify="space-between">
        <h3 className={styles.title}>{t("later.schedules")}</h3>
        {writes && !making ? (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={make.open}
          >
            {t("later.newSchedule")}
          </Button>
        ) : null}
      </Group>
      {making ? <ScheduleForm apiId={apiId} schedule={undefined} onDone={make.close} /> : null}
      <StateView
        query={schedules}
        compact
        isEmpty={(rows) => rows.length === 0 && !making}
        empty={
          <EmptyState kind="nothing" compact title={t("later.none.title")} text={t("later.none.text")} />
        }
      >
        {(rows) => (
          <ul className={styles.list}>
            {rows.map((schedule) => (
              <Line key={schedule.id} apiId={apiId} schedule={schedule} writes={writes} />
            ))}
          </ul>
        )}
      </StateView>
    </section>
  );
}

function Line({ apiId, schedule, writes }: Props & { schedule: ApiSchedule }) {
  const { t, i18n } = useTranslation("apis");
  const [shown, setShown] = useState<"edit" | "history">();
  const [asked, confirm] = useDisclosure(false);
  const act = useScheduleAct(apiId);
  const toggle = (next: "edit" | "history") => setShown(shown === next ? undefined : next);
  return (
    <li className={styles.line}>
      <div className={styles.head}>
        <IconClock size={16} aria-hidden />
        <strong>{schedule.name}</strong>
        <code>{schedule.cron}</code>
        <span>{schedule.zone}</span>
        <StatusBadge
          plain
          tone={schedule.enabled ? "ok" : "idle"}
          label={schedule.enabled ? t("later.on") : t("later.paused")}
        />
        <span className={styles.note}>
          {schedule.next_at === null ? null : dateTime(new Date(schedule.next_at), i18n.language)}
        </span>
      </div>
      <Group gap="xs">
        <Button
          size="compact-xs"
          variant="default"
          aria-expanded={shown === "history"}
          onClick={() => toggle("history")}
        >
          {t("later.history")}
        </Button>
        {writes ? (
          <>
            <Button
              size="compact-xs"
              variant="default"
              aria-expanded={shown === "edit"}
              onClick={() => toggle("edit")}
            >
              {t("later.edit")}
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              loading={act.isPending}
              onClick={() => act.mutate({ do: schedule.enabled ? "pause" : "resume", of: schedule })}
            >
              {schedule.enabled ? t("later.pause") : t("later.resume")}
            </Button>
            <Button size="compact-xs" variant="default" onClick={confirm.open}>
              {t("later.remove")}
            </Button>
          </>
        ) : null}
      </Group>
      <ProblemNotice error={act.error} />
      {shown === "edit" ? (
        <ScheduleForm
          key={schedule.revision}
          apiId={apiId}
          schedule={schedule}
          onDone={() => setShown(undefined)}
        />
      ) : null}
      {shown === "history" ? <Ticks schedule={schedule} /> : null}
      <ConfirmDanger
        opened={asked}
        title={t("later.removeTitle", { name: schedule.name })}
        impact={t("later.removeImpact")}
        confirmLabel={t("later.remove")}
        busy={act.isPending}
        error={act.error}
        onConfirm={() => act.mutate({ do: "remove", of: schedule }, { onSuccess: confirm.close })}
        onClose={confirm.close}
      />
    </li>
  );
}

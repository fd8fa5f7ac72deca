import { ActionIcon, Button, Group, SegmentedControl } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import type { OncallRota, OncallSchedule, OncallShift } from "@/lib/api/types";
import { shortTime } from "@/lib/format/times";
import { useShortcuts } from "@/lib/keyboard/use-shortcuts";
import { useFilters } from "@/lib/navigation/use-filters";
import { useMay } from "@/lib/query/me";
import { useNow } from "@/lib/time/now";
import { FeedButton } from "./FeedButton";
import { dayText, readDay, readSpan, type Span, stepped, weeksOf } from "./model";
import { OverrideDialog } from "./OverrideDialog";
import styles from "./oncall.module.css";
import { rotaQuery } from "./queries";
import { ScheduleDialog } from "./ScheduleDialog";
import { WeekBlock } from "./WeekBlock";

interface Props {
  schedule: OncallSchedule;
  everybody: readonly string[];
}

interface Shown {
  span?: string | undefined;
  day?: string | undefined;
}

/** The final schedule and its layers, by the week or the month; a click on a shift lets somebody stand in. */
export function ScheduleView({ schedule, everybody }: Props) {
  const { t } = useTranslation("oncall");
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const [clicked, setClicked] = useState<OncallShift | null>(null);
  const { span, weeks, controls } = useCalendar();
  const [first, last] = [weeks[0], weeks.at(-1)];
  const stretch = { start: first?.start ?? new Date(), end: last?.end ?? new Date() };
  const rota = useQuery(rotaQuery(schedule.id, stretch));
  return (
    <Panel
      title={schedule.name}
      note={t("zone", { zone: schedule.zone })}
      actions={
        <Group gap="xs">
          {controls}
          {may("rules.write") ? (
            <>
              <FeedButton schedule={schedule} />
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconPencil size={14} aria-hidden />}
                onClick={() => setEditing(true)}
              >
                {t("edit")}
              </Button>
            </>
          ) : null}
        </Group>
      }
    >
      <StateView query={rota}>
        {(data) => (
          <div className={styles.calendar} data-span={span}>
            {weeks.map((week) => (
              <WeekBlock
                key={week.start.toISOString()}
                week={week}
                rota={data}
                layers={schedule.layers.map(({ name }) => name)}
                everybody={everybody}
                onShift={may("alerts.write") ? setClicked : undefined}
              />
            ))}
            <Handovers rota={data} />
          </div>
        )}
      </StateView>
      {editing ? <ScheduleDialog schedule={schedule} onClose={() => setEditing(false)} /> : null}
      {clicked === null ? null : (
        <OverrideDialog
          scheduleId={schedule.id}
          shift={clicked}
          stretch={stretch}
          onClose={() => setClicked(null)}
        />
      )}
    </Panel>
  );
}

/** What is shown, in the URL; `[` and `]` go back and on. */
function useCalendar() {
  const { t } = useTranslation("oncall");
  const { filters, set } = useFilters<Shown>();
  const [opened] = useState(() => new Date());
  const span = readSpan(filters.span);
  const dayKey = filters.day;
  const weeks = useMemo(() => weeksOf(span, readDay(dayKey, opened)), [span, dayKey, opened]);
  const shortcuts = useMemo(() => {
    const go = (by: 1 | -1) => set({ day: dayText(stepped(span, readDay(dayKey, opened), by)) });
    return [
      { keys: "BracketLeft", labelKey: "oncall:back", group: "page" as const, run: () => go(-1) },
      { keys: "BracketRight", labelKey: "oncall:on", group: "page" as const, run: () => go(1) },
    ] as const;
  }, [span, dayKey, opened, set]);
  useShortcuts(shortcuts);
  const [back, on] = shortcuts;
  const controls = (
    <>
      <ActionIcon aria-label={t("back")} onClick={back.run}>
        <IconChevronLeft size={16} aria-hidden />
      </ActionIcon>
      <Button size="compact-sm" variant="default" onClick={() => set({ day: undefined })}>
        {t("today")}
      </Button>
      <ActionIcon aria-label={t("on")} onClick={on.run}>
        <IconChevronRight size={16} aria-hidden />
      </ActionIcon>
      <SegmentedControl
        size="xs"
        aria-label={t("span.label")}
        value={span}
        onChange={(value) => set({ span: value === "week" ? undefined : value })}
        data={(["week", "month"] satisfies Span[]).map((value) => ({ value, label: t(`span.${value}`) }))}
      />
    </>
  );
  return { span, weeks, controls };
}

function Handovers({ rota }: { rota: OncallRota }) {
  const { t, i18n } = useTranslation("oncall");
  const now = useNow();
  const coming = rota.handovers.filter(({ at }) => new Date(at) >= now).slice(0, 8);
  if (coming.length === 0) return null;
  const name = (person: OncallShift["person"]) =>
    person === null ? t("nobody") : person.name === "" ? t("gone") : person.name;
  return (
    <section aria-label={t("handovers")} className={styles.handovers}>
      <h3>{t("handovers")}</h3>
      <ol>
        {coming.map(({ at, giver, taker }) => (
          <li key={at}>
            <span className="num">{shortTime(new Date(at), now, i18n.language)}</span> {name(giver)} →{" "}
            <strong>{name(taker)}</strong>
          </li>
        ))}
      </ol>
    </section>
  );
}

import { NativeSelect, NumberInput, SegmentedControl, Switch, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useReducer } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api } from "@/lib/api/client";
import type { MaintenanceWindow } from "@/lib/api/types";
import { FormDialog } from "./Frame";
import { MatcherRows } from "./MatcherRows";
import { MatchPreview } from "./MatchPreview";
import { type MatcherRow, matchersOf, rowsOf, type TimingFields, timingFields, timingOf } from "./model";
import { revisionOf, spellsQuery, useMuting } from "./queries";
import { SpellList } from "./SpellList";
import styles from "./silences.module.css";

interface Props {
  /** The one to change; none to make one. */
  window: MaintenanceWindow | undefined;
  onClose(): void;
}

interface Fields {
  name: string;
  rows: MatcherRow[];
  timing: TimingFields;
  comment: string;
  enabled: boolean;
}

const zones = Intl.supportedValuesOf("timeZone");
const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function fieldsOf(found: MaintenanceWindow | undefined): Fields {
  return {
    name: found?.name ?? "",
    rows: rowsOf(found?.matchers ?? []),
    timing: timingFields(found?.timing, new Date(), ownZone),
    comment: found?.comment ?? "",
    enabled: found?.enabled ?? true,
  };
}

/** Which alerts are kept quiet whenever the window is open. */
export function WindowForm({ window: found, onClose }: Props) {
  const { t } = useTranslation("silences");
  const [fields, set] = useReducer(
    (kept: Fields, part: Partial<Fields>) => ({ ...kept, ...part }),
    found,
    fieldsOf,
  );
  const matchers = matchersOf(fields.rows);
  const timing = timingOf(fields.timing);
  const save = useMuting(async () => {
    const { name, comment, enabled } = fields;
    const body = { name, comment, enabled, matchers: matchers as never, timing: timing as never };
    return found === undefined
      ? api.POST("/api/v1/maintenance-windows", { body })
      : api.PUT("/api/v1/maintenance-windows/{window_id}", {
          params: { path: { window_id: found.id }, header: revisionOf(found) },
          body,
        });
  }, onClose);
  return (
    <FormDialog
      title={t(found === undefined ? "windows.new" : "windows.edit")}
      ready={matchers.length > 0 && timing !== null && fields.name.trim() !== ""}
      saving={save.isPending}
      error={save.error}
      onSave={() => save.mutate(undefined)}
      onClose={onClose}
    >
      <TextInput
        label={t("field.name")}
        required
        maxLength={200}
        value={fields.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <TimingPart
        timing={fields.timing}
        onChange={(part) => set({ timing: { ...fields.timing, ...part } })}
      />
      <MatcherRows label={t("matcher.title")} rows={fields.rows} onChange={(rows) => set({ rows })} />
      <MatchPreview matchers={matchers} />
      <TextInput
        label={t("field.comment")}
        maxLength={2000}
        value={fields.comment}
        onChange={(event) => set({ comment: event.currentTarget.value })}
      />
      <Switch
        label={t("field.enabled")}
        checked={fields.enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
    </FormDialog>
  );
}

interface TimingProps {
  timing: TimingFields;
  onChange(part: Partial<TimingFields>): void;
}

/** Once, or again and again on the clock of a zone, with the times that come of it. */
function TimingPart({ timing, onChange }: TimingProps) {
  const { t } = useTranslation("silences");
  const [settled] = useDebouncedValue(timing, 250);
  const { data, error } = useQuery(spellsQuery(timingOf(settled)));
  return (
    <>
      <SegmentedControl
        aria-label={t("timing.type")}
        data={[
          { value: "recurring", label: t("timing.recurring") },
          { value: "once", label: t("timing.once") },
        ]}
        value={timing.type}
        onChange={(type) => onChange({ type: type === "once" ? "once" : "recurring" })}
      />
      {timing.type === "once" ? (
        <div className={styles.pair}>
          <TextInput
            type="datetime-local"
            label={t("field.starts")}
            value={timing.starts_at}
            onChange={(event) => onChange({ starts_at: event.currentTarget.value })}
          />
          <TextInput
            type="datetime-local"
            label={t("field.ends")}
            value={timing.ends_at}
            onChange={(event) => onChange({ ends_at: event.currentTarget.value })}
          />
        </div>
      ) : (
        <div className={styles.pair}>
          <TextInput
            label={t("timing.cron")}
            description={t("timing.cronHint")}
            value={timing.cron}
            onChange={(event) => onChange({ cron: event.currentTarget.value })}
          />
          <NativeSelect
            label={t("timing.zone")}
            description={t("timing.zoneHint")}
            data={zones.includes(timing.zone) ? zones : [timing.zone, ...zones]}
            value={timing.zone}
            onChange={(event) => onChange({ zone: event.currentTarget.value })}
          />
          <NumberInput
            label={t("timing.minutes")}
            min={1}
            max={10_080}
            value={timing.minutes}
            onChange={(value) => onChange({ minutes: Number(value) })}
          />
        </div>
      )}
      <ProblemNotice error={error} />
      {data === undefined || error !== null ? null : <SpellList spells={data} />}
    </>
  );
}

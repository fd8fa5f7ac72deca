import { Button, Group, NativeSelect, Switch, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useReducer } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { ApiSchedule } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { momentsQuery } from "@/lib/query/moments";
import { readParameters } from "../model/later";
import styles from "./later.module.css";
import { useScheduleAct } from "./queries";

interface Props {
  apiId: string;
  /** The schedule to change; none to make one. */
  schedule: ApiSchedule | undefined;
  onDone(): void;
}

const zones = Intl.supportedValuesOf("timeZone");
const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

interface Fields {
  name: string;
  cron: string;
  zone: string;
  parameters: string;
  enabled: boolean;
  missed: "skip" | "run_once";
}

function fieldsOf(schedule: ApiSchedule | undefined): Fields {
  if (schedule === undefined)
    return { name: "", cron: "0 9 * * 1-5", zone: ownZone, parameters: "", enabled: true, missed: "skip" };
  const { name, cron, zone, enabled, missed } = schedule;
  return { name, cron, zone, enabled, missed, parameters: JSON.stringify(schedule.parameters, null, 2) };
}

/** When the clock runs the API, and with what. */
export function ScheduleForm({ apiId, schedule, onDone }: Props) {
  const { t } = useTranslation("apis");
  const [fields, set] = useReducer(
    (kept: Fields, change: Partial<Fields>) => ({ ...kept, ...change }),
    schedule,
    fieldsOf,
  );
  const act = useScheduleAct(apiId);
  const parameters = readParameters(fields.parameters);
  const submit = () => {
    if (parameters === null) return;
    const draft = { ...fields, parameters };
    act.mutate(schedule === undefined ? { do: "create", draft } : { do: "save", of: schedule, draft }, {
      onSuccess: onDone,
    });
  };
  return (
    <ImeForm
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextInput
        label={t("field.name")}
        required
        maxLength={200}
        value={fields.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <MomentFields fields={fields} set={set} />
      <Textarea
        label={t("later.parameters")}
        description={t("later.parametersHint")}
        autosize
        minRows={2}
        spellCheck={false}
        value={fields.parameters}
        error={parameters === null ? t("later.notObject") : undefined}
        onChange={(event) => set({ parameters: event.currentTarget.value })}
      />
      <Terms fields={fields} set={set} />
      <ProblemNotice error={act.error} />
      <Group gap="sm">
        <Button
          type="submit"
          loading={act.isPending}
          disabled={parameters === null || fields.name.trim() === ""}
        >
          {t("later.save")}
        </Button>
        <Close onClose={onDone} />
      </Group>
    </ImeForm>
  );
}

function Close({ onClose }: { onClose(): void }) {
  const { t } = useTranslation("apis");
  return (
    <Button variant="default" onClick={onClose}>
      {t("later.close")}
    </Button>
  );
}

interface MomentProps {
  fields: Fields;
  set(change: Partial<Fields>): void;
}

/** Cron and zone, with the moments that they mean. */
function MomentFields({ fields, set }: MomentProps) {
  const { t, i18n } = useTranslation("apis");
  const upcoming = useQuery(momentsQuery(fields.cron, fields.zone));
  return (
    <>
      <Group gap="sm" grow align="start">
        <TextInput
          label={t("later.cron")}
          description={t("later.cronHint")}
          required
          spellCheck={false}
          value={fields.cron}
          error={upcoming.error?.message}
          onChange={(event) => set({ cron: event.currentTarget.value })}
        />
        <NativeSelect
          label={t("later.zone")}
          description={t("later.zoneHint")}
          value={fields.zone}
          data={zones.includes(fields.zone) ? zones : [fields.zone, ...zones]}
          onChange={(event) => set({ zone: event.currentTarget.value })}
        />
      </Group>
      <p className={styles.note} aria-live="polite">
        {t("later.next")}:{" "}
        {(upcoming.data?.upcoming ?? [])
          .slice(0, 3)
          .map((moment) => dateTime(new Date(moment), i18n.language))
          .join(" · ")}
      </p>
    </>
  );
}

/** What is done about missed moments, and whether it runs at all. */
function Terms({ fields, set }: MomentProps) {
  const { t } = useTranslation("apis");
  return (
    <>
      <NativeSelect
        label={t("later.missed")}
        value={fields.missed}
        data={(["skip", "run_once"] as const).map((value) => ({
          value,
          label: t(`later.missedAs.${value}`),
        }))}
        onChange={(event) => set({ missed: event.currentTarget.value === "run_once" ? "run_once" : "skip" })}
      />
      <Switch
        label={t("later.enabled")}
        checked={fields.enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
    </>
  );
}

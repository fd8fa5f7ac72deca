import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api } from "@/lib/api/client";
import type { OncallSchedule } from "@/lib/api/types";
import { LayerFields } from "./LayerFields";
import { newLayer, type ScheduleForm, toBody, toForm, weeksOf } from "./model";
import styles from "./oncall.module.css";
import { contactsQuery, previewQuery } from "./queries";
import { WeekBlock } from "./WeekBlock";

interface Props {
  /** Left out for a new one. */
  schedule?: OncallSchedule;
  onClose(): void;
}

/** A schedule with its layers; what they come to this week is shown while they are edited. */
export function ScheduleDialog({ schedule, onClose }: Props) {
  const { t } = useTranslation("oncall");
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={t(schedule === undefined ? "new" : "edit")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <Form schedule={schedule} onClose={onClose} />
    </Modal>
  );
}

function Form({ schedule, onClose }: { schedule: OncallSchedule | undefined; onClose(): void }) {
  const { t } = useTranslation("oncall");
  const [today] = useState(() => new Date());
  const form = useForm<ScheduleForm>({
    initialValues:
      schedule === undefined
        ? { name: "", zone: localZone(), layers: [newLayer(today, 0)] }
        : toForm(schedule, today),
    validate: {
      name: (value) => (value.trim() === "" ? t("need.name") : null),
      layers: {
        members: (value) => (value.length === 0 ? t("need.members") : null),
        first_day: (value) => (value === "" ? t("need.day") : null),
      },
    },
  });
  const save = useSave(schedule, onClose);
  const zones = useMemo(() => Intl.supportedValuesOf("timeZone"), []);
  return (
    <ImeForm onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="md">
        <Group grow align="flex-start">
          <TextInput label={t("field.name")} data-autofocus {...form.getInputProps("name")} />
          <Select
            label={t("field.zone")}
            data={zones.includes(form.values.zone) ? zones : [form.values.zone, ...zones]}
            searchable
            allowDeselect={false}
            {...form.getInputProps("zone")}
          />
        </Group>
        {form.values.layers.map((_, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its place in the schedule
          <LayerFields key={place} form={form} place={place} />
        ))}
        <Group>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => form.insertListItem("layers", newLayer(today, form.values.layers.length))}
          >
            {t("layer.add")}
          </Button>
          <span className={styles.note}>{t("layer.order")}</span>
        </Group>
        <Preview form={form.values} saved={schedule} />
        <ProblemNotice error={save.error} />
        <Group justify="space-between" gap="sm">
          {schedule === undefined ? <span /> : <Remove schedule={schedule} onGone={onClose} />}
          <Group gap="sm">
            <Button variant="default" onClick={onClose}>
              {t("common:action.cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("common:action.save")}
            </Button>
          </Group>
        </Group>
      </Stack>
    </ImeForm>
  );
}

const localZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

function useSave(schedule: OncallSchedule | undefined, onSaved: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (form: ScheduleForm) => {
      const body = toBody(form, schedule?.layers);
      if (schedule === undefined) return api.POST("/api/v1/oncall-schedules", { body });
      return api.PUT("/api/v1/oncall-schedules/{oncall_schedule_id}", {
        params: {
          path: { oncall_schedule_id: schedule.id },
          header: { "if-match": `"${schedule.revision}"` },
        },
        body,
      });
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["oncall"] });
      onSaved();
    },
  });
}

function Preview({ form, saved }: { form: ScheduleForm; saved: OncallSchedule | undefined }) {
  const { t } = useTranslation("oncall");
  const [steady] = useDebouncedValue(form, 300);
  const { data: contacts } = useQuery(contactsQuery);
  const [week] = useMemo(() => weeksOf("week", new Date()), []);
  const body = { ...toBody(steady, saved?.layers), name: steady.name.trim() === "" ? "–" : steady.name };
  const stretch = week ?? { start: new Date(), end: new Date(), days: [] };
  const rota = useQuery({ ...previewQuery(body, stretch), placeholderData: keepPreviousData });
  if (rota.data === undefined || week === undefined) return null;
  return (
    <section aria-label={t("preview")}>
      <h3 className={styles.subtitle}>{t("preview")}</h3>
      <WeekBlock
        week={week}
        rota={rota.data}
        layers={steady.layers.map(({ name }) => name).slice(0, rota.data.layers.length)}
        everybody={(contacts?.items ?? []).map(({ user_id }) => user_id)}
      />
    </section>
  );
}

function Remove({ schedule, onGone }: { schedule: OncallSchedule; onGone(): void }) {
  const { t } = useTranslation("oncall");
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () =>
      api.DELETE("/api/v1/oncall-schedules/{oncall_schedule_id}", {
        params: { path: { oncall_schedule_id: schedule.id } },
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["oncall"] });
      onGone();
    },
  });
  return (
    <>
      <Button color="danger" variant="subtle" onClick={() => setAsking(true)}>
        {t("remove.button")}
      </Button>
      <ConfirmDanger
        opened={asking}
        title={t("remove.title", { name: schedule.name })}
        impact={t("remove.impact")}
        confirmLabel={t("remove.button")}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}

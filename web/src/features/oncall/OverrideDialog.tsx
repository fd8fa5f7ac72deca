import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api } from "@/lib/api/client";
import type { OncallShift } from "@/lib/api/types";
import { inputValue } from "@/lib/format/times";
import { useMe } from "@/lib/query/me";
import type { Stretch } from "./model";
import { contactsQuery } from "./queries";

interface Props {
  scheduleId: string;
  shift: OncallShift;
  /** What is on screen: a gap that goes on for ever is filled no further. */
  stretch: Stretch;
  onClose(): void;
}

const later = (a: Date, b: Date) => (a > b ? a : b);
const earlier = (a: Date, b: Date) => (a < b ? a : b);

/** Somebody stands in for a shift, or for a part of it; an override is taken back here too. */
export function OverrideDialog({ scheduleId, shift, stretch, onClose }: Props) {
  const { t } = useTranslation("oncall");
  const me = useMe();
  const client = useQueryClient();
  const { data: contacts } = useQuery(contactsQuery);
  const form = useForm({
    initialValues: {
      user_id: me.user.id,
      start: inputValue(later(new Date(shift.start), stretch.start)),
      end: inputValue(earlier(new Date(shift.end), stretch.end)),
      note: "",
    },
    validate: { end: (value, { start }) => (value > start ? null : t("override.order")) },
  });
  const done = () => {
    void client.invalidateQueries({ queryKey: ["oncall"] });
    onClose();
  };
  const path = { oncall_schedule_id: scheduleId };
  const add = useMutation({
    mutationFn: ({ start, end, ...rest }: typeof form.values) =>
      api.POST("/api/v1/oncall-schedules/{oncall_schedule_id}/overrides", {
        params: { path },
        body: { ...rest, start: new Date(start).toISOString(), end: new Date(end).toISOString() },
      }),
    onSuccess: done,
  });
  const remove = useMutation({
    mutationFn: (override_id: string) =>
      api.DELETE("/api/v1/oncall-schedules/{oncall_schedule_id}/overrides/{override_id}", {
        params: { path: { ...path, override_id } },
      }),
    onSuccess: done,
  });
  const people = (contacts?.items ?? []).map(({ user_id, name }) => ({ value: user_id, label: name }));
  const { override_id } = shift;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("override.title")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <ImeForm onSubmit={form.onSubmit((values) => add.mutate(values))}>
        <Stack gap="md">
          <Select
            label={t("override.who")}
            data={people}
            searchable
            allowDeselect={false}
            {...form.getInputProps("user_id")}
          />
          <Group grow align="flex-start">
            <TextInput
              type="datetime-local"
              label={t("override.from")}
              data-autofocus
              {...form.getInputProps("start")}
            />
            <TextInput type="datetime-local" label={t("override.to")} {...form.getInputProps("end")} />
          </Group>
          <TextInput label={t("override.note")} maxLength={200} {...form.getInputProps("note")} />
          <ProblemNotice error={add.error ?? remove.error} />
          <Group justify="flex-end" gap="sm">
            {override_id === null ? null : (
              <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate(override_id)}>
                {t("override.remove")}
              </Button>
            )}
            <Button variant="default" onClick={onClose}>
              {t("common:action.cancel")}
            </Button>
            <Button type="submit" loading={add.isPending}>
              {t("override.add")}
            </Button>
          </Group>
        </Stack>
      </ImeForm>
    </Modal>
  );
}

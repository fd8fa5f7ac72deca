import {
  ActionIcon,
  Checkbox,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  Stack,
  TextInput,
} from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ScheduleForm } from "./model";
import styles from "./oncall.module.css";
import { contactsQuery } from "./queries";

interface Props {
  form: UseFormReturnType<ScheduleForm>;
  place: number;
}

/** One rotation: who takes turns, how long, from when, and in which hours. */
export function LayerFields({ form, place }: Props) {
  const { t } = useTranslation("oncall");
  const { data: contacts } = useQuery(contactsQuery);
  const people = (contacts?.items ?? []).map(({ user_id, name }) => ({ value: user_id, label: name }));
  const layer = form.values.layers[place];
  if (layer === undefined) return null;
  const at = (name: string) => `layers.${place}.${name}`;
  return (
    <fieldset className={styles.layer}>
      <legend>{t("layer.one", { number: place + 1 })}</legend>
      <Stack gap="sm">
        <Group align="flex-start" grow preventGrowOverflow={false}>
          <TextInput label={t("field.name")} {...form.getInputProps(at("name"))} />
          <MultiSelect
            label={t("layer.members")}
            data={people}
            searchable
            hidePickedOptions
            {...form.getInputProps(at("members"))}
          />
        </Group>
        <Group align="flex-start" grow>
          <NumberInput
            label={t("layer.every")}
            min={1}
            max={366}
            clampBehavior="strict"
            allowDecimal={false}
            {...form.getInputProps(at("every"))}
          />
          <Select
            label={t("layer.unit")}
            data={(["hours", "days", "weeks"] as const).map((value) => ({
              value,
              label: t(`layer.units.${value}`),
            }))}
            allowDeselect={false}
            {...form.getInputProps(at("unit"))}
          />
          <TextInput type="time" label={t("layer.handover")} {...form.getInputProps(at("handover"))} />
          <TextInput type="date" label={t("layer.first")} {...form.getInputProps(at("first_day"))} />
          <TextInput type="date" label={t("layer.until")} {...form.getInputProps(at("until"))} />
        </Group>
        <Group>
          <Checkbox
            label={t("layer.restricted")}
            {...form.getInputProps(at("restricted"), { type: "checkbox" })}
          />
          {place === 0 && form.values.layers.length === 1 ? null : (
            <ActionIcon
              aria-label={t("layer.remove", { number: place + 1 })}
              onClick={() => form.removeListItem("layers", place)}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          )}
        </Group>
        {layer.restricted ? <Hours form={form} at={at} /> : null}
      </Stack>
    </fieldset>
  );
}

/** 2024-01-01 was a Monday: names of weekdays in the reader's language, Monday first. */
function weekdays(language: string) {
  const name = new Intl.DateTimeFormat(language, { weekday: "short" });
  return Array.from({ length: 7 }, (_, day) => ({
    value: String(day),
    label: name.format(new Date(2024, 0, day + 1)),
  }));
}

function Hours({ form, at }: { form: Props["form"]; at: (name: string) => string }) {
  const { t, i18n } = useTranslation("oncall");
  return (
    <Group align="flex-end">
      <Checkbox.Group label={t("layer.weekdays")} {...form.getInputProps(at("weekdays"))}>
        <Group gap="sm">
          {weekdays(i18n.language).map(({ value, label }) => (
            <Checkbox key={value} value={value} label={label} />
          ))}
        </Group>
      </Checkbox.Group>
      <TextInput type="time" label={t("layer.from")} {...form.getInputProps(at("start"))} />
      <TextInput type="time" label={t("layer.to")} {...form.getInputProps(at("end"))} />
    </Group>
  );
}

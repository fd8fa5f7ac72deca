import { ActionIcon, Button, Checkbox, Group, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { isObject, type Json, type JsonObject } from "@/lib/json/pointer";
import { channelsQuery } from "../queries";
import styles from "../rules.module.css";
import { CallFields } from "./CallFields";
import { useField } from "./context";
import { TextField } from "./fields";
import looks from "./form.module.css";

/** What the alert says, what it is labelled with, and what is done when it fires. */
export function SpeechFields() {
  const { t } = useTranslation("rules");
  return (
    <>
      <TextField pointer="/title" label={t("field.title")} hint={t("titleHint")} maxLength={300} />
      <TextField pointer="/description" label={t("field.description")} lines />
      <PairsField pointer="/labels" label={t("field.labels")} of="labels" />
      <PairsField pointer="/annotations" label={t("field.annotations")} of="annotations" />
      <Channels />
      <CallFields />
    </>
  );
}

interface PairsProps {
  pointer: string;
  label: string;
  of: "labels" | "annotations";
}

/** Names and texts, one line each. */
export function PairsField({ pointer, label, of }: PairsProps) {
  const { t } = useTranslation("rules");
  const { value, readOnly, set } = useField(pointer, label);
  const pairs = Object.entries(isObject(value) ? value : {});
  const write = (next: [string, Json][]) => set(Object.fromEntries(next));
  return (
    <fieldset className={looks.fieldset} disabled={readOnly}>
      <legend className={looks.legend}>{label}</legend>
      {pairs.map(([name, text], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is edited
        <Group key={index} gap="xs" mb={6} wrap="nowrap">
          <TextInput
            aria-label={t(`${of}.name`, { index: index + 1 })}
            value={name}
            onChange={(event) => write(pairs.with(index, [event.currentTarget.value, text]))}
          />
          <TextInput
            className={styles.fill ?? ""}
            aria-label={t(`${of}.value`, { name })}
            value={String(text)}
            onChange={(event) => write(pairs.with(index, [name, event.currentTarget.value]))}
          />
          <ActionIcon
            variant="subtle"
            aria-label={t("remove", { name })}
            onClick={() => write(pairs.filter((_, at) => at !== index))}
          >
            <IconX size={15} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconPlus size={13} aria-hidden />}
        onClick={() => write([...pairs, [`${of === "labels" ? "label" : "note"}${pairs.length + 1}`, ""]])}
      >
        {t(`${of}.add`)}
      </Button>
    </fieldset>
  );
}

function useActions() {
  const { t } = useTranslation("rules");
  const { value, readOnly, set } = useField("/actions", t("field.actions"));
  const actions = (Array.isArray(value) ? value : []).filter(isObject);
  return { actions, readOnly, set: (next: JsonObject[]) => set(next) };
}

function Channels() {
  const { t } = useTranslation("rules");
  const channels = useQuery(channelsQuery);
  const { actions, readOnly, set } = useActions();
  const told = actions.filter(({ type }) => type === "notify").map(({ channel }) => String(channel));
  const known = (channels.data ?? []).map(({ slug, name }) => ({ slug, name }));
  const unknown = told.filter((slug) => !known.some((each) => each.slug === slug));
  const choose = (chosen: string[]) =>
    set([
      ...actions.filter(({ type, channel }) => type !== "notify" || chosen.includes(String(channel))),
      ...chosen.filter((slug) => !told.includes(slug)).map((channel) => ({ type: "notify", channel })),
    ]);
  return (
    <Checkbox.Group
      label={t("field.channels")}
      description={t("channelsHint")}
      value={told}
      onChange={choose}
    >
      <div className={looks.choices}>
        {[...known, ...unknown.map((slug) => ({ slug, name: slug }))].map(({ slug, name }) => (
          <Checkbox key={slug} value={slug} label={name} disabled={readOnly} />
        ))}
      </div>
    </Checkbox.Group>
  );
}

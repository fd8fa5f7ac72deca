import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { flawsOf } from "@/components/schema/check";
import { blankOf } from "@/components/schema/fields";
import { SchemaForm } from "@/components/schema/SchemaForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { CopyText } from "@/components/status/CopyText";
import { api, dataOf } from "@/lib/api/client";
import type { Channel, ChannelTypeInfo, CreatedChannel } from "@/lib/api/types";
import { isObject, type JsonObject } from "@/lib/json/pointer";
import { Manner } from "./Manner";
import { type ChannelForm, calm, everyone, formOf, toBody, withKeptSecrets, withoutType } from "./model";
import { OwnFilter } from "./OwnFilter";
import { channelTypesQuery } from "./queries";

interface Props {
  /** The one to change; a new one is made without. */
  channel?: Channel;
  onClose(): void;
}

/** Adds a channel of any type, or changes one; a webhook's secret that the server made is shown once, here. */
export function ChannelDialog({ channel, onClose }: Props) {
  const { t } = useTranslation("channels");
  const types = useQuery(channelTypesQuery);
  const save = useSave(channel, onClose);
  const secret = save.data?.secret ?? null;
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={t(channel === undefined ? "add" : "edit")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      {secret === null ? (
        <StateView query={types} compact>
          {({ items }) => <Choose types={items} channel={channel} save={save} onClose={onClose} />}
        </StateView>
      ) : (
        <Stack gap="md">
          <Text size="sm">{t("secretOnce")}</Text>
          <CopyText text={secret} />
          <Group justify="flex-end">
            <Button onClick={onClose}>{t("done")}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

type Save = ReturnType<typeof useSave>;

function useSave(channel: Channel | undefined, onClose: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({
      form,
      info,
    }: {
      form: ChannelForm;
      info: ChannelTypeInfo;
    }): Promise<Partial<CreatedChannel>> => {
      const body = toBody(form, info.secrets, channel);
      if (channel === undefined) return dataOf<CreatedChannel>(api.POST("/api/v1/channels", { body }));
      const params = { path: { channel_id: channel.id }, header: { "if-match": `"${channel.revision}"` } };
      return dataOf<Channel>(api.PUT("/api/v1/channels/{channel_id}", { params, body }));
    },
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["channels"] });
      if (typeof made.secret !== "string") onClose();
    },
  });
}

interface ChooseProps extends Props {
  types: readonly ChannelTypeInfo[];
  channel: Channel | undefined;
  save: Save;
}

function Choose({ types, channel, save, onClose }: ChooseProps) {
  const { t } = useTranslation("channels");
  const [type, setType] = useState<string>(channel?.type ?? types[0]?.type ?? "");
  const [name, setName] = useState(channel?.name ?? "");
  const info = types.find((each) => each.type === type);
  return (
    <Stack gap="md">
      {channel === undefined ? (
        <NativeSelect
          label={t("field.type")}
          value={type}
          onChange={(event) => setType(event.currentTarget.value)}
          data={types.map((each) => ({ value: each.type, label: t(`type.${each.type}`) }))}
        />
      ) : null}
      {info === undefined ? null : (
        <Fields
          key={type}
          info={info}
          channel={channel}
          name={name}
          onName={setName}
          save={save}
          onClose={onClose}
        />
      )}
    </Stack>
  );
}

interface FieldsProps extends Omit<ChooseProps, "types"> {
  info: ChannelTypeInfo;
  name: string;
  onName(name: string): void;
}

function Fields({ info, channel, name, onName, save, onClose }: FieldsProps) {
  const { t, i18n } = useTranslation("channels");
  const schema = withoutType(
    withKeptSecrets(info.form as JsonObject, channel === undefined ? [] : info.secrets),
  );
  const [form, setForm] = useState(() =>
    channel === undefined ? blank(info, schema, i18n.language) : formOf(channel),
  );
  const [tried, setTried] = useState(false);
  const { type, ...config } = form.config;
  const flaws = tried ? [...flawsOf(config, schema), ...missing(info, channel, config)] : [];
  const submit = () => {
    setTried(true);
    const wrong = flawsOf(config, schema).length + missing(info, channel, config).length;
    if (name.trim() !== "" && wrong === 0) save.mutate({ form: { ...form, name }, info });
  };
  return (
    <ImeForm
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="md">
        <TextInput
          label={t("field.name")}
          data-autofocus
          value={name}
          error={tried && name.trim() === "" ? t("need.name") : undefined}
          onChange={(event) => onName(event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed">
          {t(`about.${info.type}`)} {channel === undefined ? "" : t("secretsStay")}
        </Text>
        <SchemaForm
          schema={schema}
          value={config}
          flaws={flaws}
          onChange={(value) =>
            isObject(value) && setForm({ ...form, config: { type: type ?? info.type, ...value } })
          }
        />
        <Manner form={form} programs={info.type === "webhook"} own={channel?.slug} onChange={setForm} />
        <OwnFilter form={form} onChange={setForm} />
        <ProblemNotice error={save.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common:action.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t(channel === undefined ? "create" : "common:action.save")}
          </Button>
        </Group>
      </Stack>
    </ImeForm>
  );
}

/** Programs take everything; people are told calmly. */
function blank(info: ChannelTypeInfo, schema: JsonObject, language: string): ChannelForm {
  const config = blankOf(schema, schema);
  const limited = info.type !== "webhook" && info.type !== "pagerduty";
  return {
    name: "",
    config: { type: info.type, ...(isObject(config) ? config : {}) },
    language: language === "en" ? "en" : "ko",
    template: "",
    fallback: "",
    limited,
    route: everyone,
    ...calm,
  };
}

function missing(info: ChannelTypeInfo, channel: Channel | undefined, config: JsonObject) {
  if (channel !== undefined) return [];
  const empty = info.needed_secrets.filter(
    (each) => config[each] === undefined || config[each] === null || config[each] === "",
  );
  return empty.map((each) => ({ pointer: `/${each}`, code: "required" as const }));
}

import { NativeSelect, NumberInput, SimpleGrid, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ChannelForm } from "./model";
import { messageTemplatesQuery, useChannels } from "./queries";

interface Props {
  form: ChannelForm;
  /** Programs get the same document always: words are not for them. */
  programs: boolean;
  /** The channel's own key: nobody stands in for himself. */
  own: string | undefined;
  onChange(form: ChannelForm): void;
}

/** In which words a channel speaks, how often, and who stands in for it. */
export function Manner({ form, programs, own, onChange }: Props) {
  const { t } = useTranslation("channels");
  const channels = useChannels();
  const templates = useQuery(messageTemplatesQuery);
  const others = (channels.data ?? []).filter(({ slug }) => slug !== own);
  const nobody = { value: "", label: t("manner.nobody") };
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
      {programs ? null : (
        <>
          <NativeSelect
            label={t("manner.language")}
            value={form.language}
            onChange={(event) =>
              onChange({ ...form, language: event.currentTarget.value === "en" ? "en" : "ko" })
            }
            data={[
              { value: "ko", label: "한국어" },
              { value: "en", label: "English" },
            ]}
          />
          <NativeSelect
            label={t("manner.template")}
            value={form.template}
            onChange={(event) => onChange({ ...form, template: event.currentTarget.value })}
            data={[
              { value: "", label: t("manner.plain") },
              ...(templates.data ?? []).map(({ key, name }) => ({ value: key, label: name })),
            ]}
          />
        </>
      )}
      <NativeSelect
        label={t("manner.fallback")}
        description={t("manner.fallbackHint")}
        value={form.fallback}
        onChange={(event) => onChange({ ...form, fallback: event.currentTarget.value })}
        data={[nobody, ...others.map(({ slug, name }) => ({ value: slug, label: name }))]}
      />
      <Switch
        label={t("manner.limited")}
        description={t("manner.limitedHint")}
        checked={form.limited}
        onChange={(event) => onChange({ ...form, limited: event.currentTarget.checked })}
      />
      {form.limited ? (
        <>
          <NumberInput
            label={t("manner.messages")}
            min={1}
            max={10_000}
            value={form.messages}
            onChange={(next) => onChange({ ...form, messages: Number(next) || 1 })}
          />
          <NumberInput
            label={t("manner.perS")}
            min={1}
            max={86_400}
            value={form.perS}
            onChange={(next) => onChange({ ...form, perS: Number(next) || 1 })}
          />
        </>
      ) : null}
    </SimpleGrid>
  );
}

import { Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { api, dataOf } from "@/lib/api/client";
import type { AssetDetail, TemplateContent, TemplatePreview } from "@/lib/api/types";
import { oneAssetQuery } from "@/lib/query/asset";
import styles from "./channels.module.css";
import { useDeliveries } from "./queries";
import { type Template, templateOf } from "./template";

interface Props {
  id: string | undefined;
  onClose(): void;
}

/** A template with what it says, in both languages, while it is written. */
export function TemplateDialog({ id, onClose }: Props) {
  const { t } = useTranslation("channels");
  const asset = useQuery({ ...oneAssetQuery(id ?? ""), enabled: id !== undefined });
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={id === undefined ? t("templates.add") : t("templates.edit")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      {id === undefined ? (
        <Editor onClose={onClose} />
      ) : (
        <StateView query={asset} compact>
          {(found) => <Editor asset={found} onClose={onClose} />}
        </StateView>
      )}
    </Modal>
  );
}

function Editor({ asset, onClose }: { asset?: AssetDetail; onClose(): void }) {
  const { t } = useTranslation("channels");
  const [template, setTemplate] = useState<Template>(() => templateOf(asset));
  const { name, content } = template;
  const save = useSave(asset, onClose);
  const preview = usePreview(content);
  const write = (language: "ko" | "en", part: "title" | "text", text: string) =>
    setTemplate({ name, content: { ...content, [language]: { ...content[language], [part]: text } } });
  return (
    <ImeForm
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(template);
      }}
    >
      <Stack gap="md">
        <Group grow align="flex-start">
          <TextInput
            label={t("field.name")}
            required
            data-autofocus
            value={name}
            onChange={(event) => setTemplate({ name: event.currentTarget.value, content })}
          />
          <About value={preview.about} onChange={preview.setAbout} />
        </Group>
        <div className={styles.languages}>
          {(["ko", "en"] as const).map((language) => (
            <fieldset key={language} className={styles.language}>
              <legend>{language === "ko" ? "한국어" : "English"}</legend>
              <TextInput
                label={t("templates.title")}
                value={content[language]?.title ?? ""}
                onChange={(event) => write(language, "title", event.currentTarget.value)}
              />
              <Textarea
                label={t("templates.text")}
                autosize
                minRows={4}
                maxRows={12}
                value={content[language]?.text ?? ""}
                onChange={(event) => write(language, "text", event.currentTarget.value)}
              />
              <Said said={preview.data?.[language]} />
            </fieldset>
          ))}
        </div>
        <p className={styles.note}>{t("templates.hint")}</p>
        <ProblemNotice error={save.error ?? preview.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common:action.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>
            {t("templates.save")}
          </Button>
        </Group>
      </Stack>
    </ImeForm>
  );
}

function Said({ said }: { said: TemplatePreview["ko"] | undefined }) {
  const { t } = useTranslation("channels");
  if (said === undefined) return null;
  return (
    <div className={styles.said} aria-live="polite">
      <strong>{said.title}</strong>
      <pre>{said.text}</pre>
      {said.flaw === null ? null : (
        <p className={styles.bad}>
          {t("templates.flaw")} {said.flaw}
        </p>
      )}
    </div>
  );
}

/** What the preview speaks of: a made-up alert, or one of the last that were told. */
function About({ value, onChange }: { value: string; onChange(id: string): void }) {
  const { t } = useTranslation("channels");
  const told = useDeliveries({ kind: "transition" });
  return (
    <NativeSelect
      label={t("templates.about")}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        { value: "", label: t("templates.sample") },
        ...(told.data ?? [])
          .slice(0, 20)
          .map((each) => ({ value: each.id, label: `${each.title} · ${each.event_type}` })),
      ]}
    />
  );
}

function usePreview(content: TemplateContent) {
  const [about, setAbout] = useState("");
  const body = { content, delivery_id: about === "" ? null : about };
  const query = useQuery({
    queryKey: ["channels", "preview", body],
    queryFn: ({ signal }) =>
      dataOf<TemplatePreview>(api.POST("/api/v1/message-templates/preview", { body, signal })),
    placeholderData: keepPreviousData,
    retry: false,
  });
  return { ...query, about, setAbout };
}

/** Saved and put in force in one go, as a channel is; where a policy wants others to agree, the asset's page goes on. */
function useSave(asset: AssetDetail | undefined, onClose: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, content }: Template) => {
      const draft = {
        name: name.trim(),
        description: "",
        content: { ...content } as Record<string, unknown>,
      };
      const saved =
        asset === undefined
          ? await dataOf<AssetDetail>(
              api.POST("/api/v1/assets", { body: { kind: "message_template", ...draft } }),
            )
          : await dataOf<AssetDetail>(
              api.PUT("/api/v1/assets/{asset_id}", {
                params: { path: { asset_id: asset.id }, header: { "if-match": `"${asset.draft_revision}"` } },
                body: draft,
              }),
            );
      const params = { path: { asset_id: saved.id } };
      return dataOf<AssetDetail>(
        api.POST("/api/v1/assets/{asset_id}/publish", { params, body: { comment: "", force: false } }),
      );
    },
    onSuccess: onClose,
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["channels"] });
      void client.invalidateQueries({ queryKey: ["assets"] });
    },
  });
}

import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { CopyText } from "@/components/status/CopyText";
import { api, dataOf } from "@/lib/api/client";
import type { CreatedChannel } from "@/lib/api/types";
import { isWebAddress, toBody, type WebhookForm } from "./model";

/** Adds a signed webhook; a secret made by the server is shown once, here. */
export function AddWebhook({ onClose }: { onClose(): void }) {
  const { t } = useTranslation("channels");
  const client = useQueryClient();
  const add = useMutation({
    mutationFn: (form: WebhookForm) =>
      dataOf<CreatedChannel>(api.POST("/api/v1/channels", { body: toBody(form) })),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["channels"] });
      if (made.secret === null || made.secret === undefined) onClose();
    },
  });
  const secret = add.data?.secret ?? null;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("add")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      {secret === null ? (
        <Form busy={add.isPending} error={add.error} onSubmit={add.mutate} onCancel={onClose} />
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

interface FormProps {
  busy: boolean;
  error: unknown;
  onSubmit(form: WebhookForm): void;
  onCancel(): void;
}

function Form({ busy, error, onSubmit, onCancel }: FormProps) {
  const { t } = useTranslation("channels");
  const form = useForm<WebhookForm>({
    initialValues: { name: "", url: "", secret: "" },
    validate: {
      name: (value) => (value.trim() === "" ? t("need.name") : null),
      url: (value) => (isWebAddress(value) ? null : t("need.url")),
    },
  });
  return (
    <ImeForm onSubmit={form.onSubmit(onSubmit)}>
      <Stack gap="md">
        <TextInput label={t("field.name")} data-autofocus {...form.getInputProps("name")} />
        <TextInput label={t("field.url")} description={t("urlHint")} {...form.getInputProps("url")} />
        <TextInput
          label={t("field.secret")}
          description={t("secretHint")}
          {...form.getInputProps("secret")}
        />
        <ProblemNotice error={error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onCancel}>
            {t("common:action.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {t("create")}
          </Button>
        </Group>
      </Stack>
    </ImeForm>
  );
}

import { Button, Group, Modal, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { toast } from "@/components/toast/toast";
import { api } from "@/lib/api/client";

interface Props {
  opened: boolean;
  /** Null asks for a name as well. */
  name: string | null;
  onClose(): void;
}

/** A new value for a secret: it goes in and never comes out. */
export function SetSecretDialog({ opened, name, onClose }: Props) {
  const { t } = useTranslation("connections");
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={name === null ? t("secrets.new") : t("secrets.setOf", { name })}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      {opened ? <Body key={name} name={name} onClose={onClose} /> : null}
    </Modal>
  );
}

const pattern = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/;

function Body({ name, onClose }: Omit<Props, "opened">) {
  const { t } = useTranslation(["connections", "schema"]);
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const [value, setValue] = useState("");
  const [asked, setAsked] = useState(false);
  const target = name ?? typed.trim();
  const named = pattern.test(target);
  const put = useMutation({
    mutationFn: () =>
      api.PUT("/api/v1/secrets/{name}", { params: { path: { name: target } }, body: { value } }),
    onSuccess: () => {
      void toast({ tone: "ok", title: t("secrets.saved", { name: target }) });
      onClose();
      return client.invalidateQueries({ queryKey: ["secrets"] });
    },
  });
  return (
    <ImeForm
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (named && value !== "" && !put.isPending) put.mutate();
      }}
    >
      <Stack gap="md">
        {name === null ? (
          <TextInput
            label={t("field.name")}
            description={t("secrets.nameText")}
            required
            maxLength={200}
            error={asked && !named ? t("secrets.badName") : undefined}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            data-autofocus
          />
        ) : null}
        <PasswordInput
          label={t("secrets.value")}
          description={t("secrets.never")}
          required
          error={asked && value === "" ? t("schema:flaw.required") : undefined}
          autoComplete="new-password"
          value={value}
          visibilityToggleButtonProps={{ "aria-label": t("secret.show") }}
          onChange={(event) => setValue(event.currentTarget.value)}
          {...(name === null ? {} : { "data-autofocus": true })}
        />
        <ProblemNotice error={put.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common:action.cancel")}
          </Button>
          <Button type="submit" loading={put.isPending}>
            {t("secrets.save")}
          </Button>
        </Group>
      </Stack>
    </ImeForm>
  );
}

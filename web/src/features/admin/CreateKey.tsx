import { Alert, Button, Checkbox, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconEyeOff } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { CopyText } from "@/components/status/CopyText";
import { api, dataOf } from "@/lib/api/client";
import { formErrors } from "@/lib/api/problem";
import type { CreatedKey, Permission } from "@/lib/api/types";
import { useMe } from "@/lib/query/me";
import styles from "./admin.module.css";
import { expiryOf, lifetimes } from "./keys";
import { splitPermission } from "./roles";

/** A new key; its secret is shown once, here, and never again. */
export function CreateKey({ onClose }: { onClose(): void }) {
  const { t } = useTranslation("admin");
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: (body: { name: string; scopes: Permission[]; expires_at: string | null }) =>
      dataOf<CreatedKey>(api.POST("/api/v1/keys", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["keys"] }),
  });
  const made = create.data;
  return (
    <Modal
      opened
      onClose={onClose}
      title={made === undefined ? t("keys.create") : t("keys.created", { name: made.name })}
      size="lg"
      // A click beside the dialog must not throw away a secret that cannot be shown again.
      closeOnClickOutside={made === undefined}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      {made === undefined ? (
        <KeyForm busy={create.isPending} error={create.error} onCancel={onClose} onCreate={create.mutate} />
      ) : (
        <Secret text={made.key} onDone={onClose} />
      )}
    </Modal>
  );
}

interface FormProps {
  busy: boolean;
  error: unknown;
  onCancel(): void;
  onCreate(body: { name: string; scopes: Permission[]; expires_at: string | null }): void;
}

function KeyForm({ busy, error, onCancel, onCreate }: FormProps) {
  const { t } = useTranslation("admin");
  const form = useForm({
    mode: "controlled",
    initialValues: { name: "", days: "90", scopes: ["events.write"] as string[] },
    validate: {
      name: (value) => (value.trim() === "" ? t("keys.needName") : null),
      scopes: (value) => (value.length === 0 ? t("keys.needScope") : null),
    },
  });
  const server = formErrors(error, ["name", "scopes"]);
  const submit = form.onSubmit(({ name, days, scopes }) =>
    onCreate({
      name: name.trim(),
      scopes: scopes as Permission[],
      expires_at: expiryOf(Number(days), new Date()),
    }),
  );
  const choices = lifetimes.map((days) => ({
    value: String(days),
    label: days === 0 ? t("keys.noEnd") : t("keys.days", { count: days }),
  }));
  return (
    <ImeForm onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label={t("field.name")}
          description={t("keys.nameHint")}
          data-autofocus
          {...form.getInputProps("name")}
          error={form.errors["name"] ?? server["name"]}
        />
        <NativeSelect label={t("keys.expires")} data={choices} {...form.getInputProps("days")} />
        <Scopes {...form.getInputProps("scopes")} error={form.errors["scopes"] ?? server["scopes"]} />
        <ProblemNotice error={error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onCancel}>
            {t("common:action.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {t("keys.create")}
          </Button>
        </Group>
      </Stack>
    </ImeForm>
  );
}

interface ScopesProps {
  value?: string[];
  error?: ReactNode;
  onChange?(value: string[]): void;
}

/** Only what its maker may do can be given to a key. */
function Scopes({ value, error, onChange }: ScopesProps) {
  const { t } = useTranslation("admin");
  const { permissions } = useMe();
  return (
    <Checkbox.Group
      label={t("keys.scopes")}
      description={t("keys.scopesHint")}
      value={value ?? []}
      error={error}
      onChange={(next) => onChange?.(next)}
    >
      <div className={styles.scopes}>
        {permissions.map((permission) => {
          const { area, right } = splitPermission(permission);
          return (
            <Checkbox
              key={permission}
              size="xs"
              value={permission}
              label={`${t(`area.${area}`)}: ${t(`right.${right}`)}`}
            />
          );
        })}
      </div>
    </Checkbox.Group>
  );
}

function Secret({ text, onDone }: { text: string; onDone(): void }) {
  const { t } = useTranslation("admin");
  return (
    <Stack gap="md">
      <Alert color="accent" variant="light" icon={<IconEyeOff aria-hidden />} title={t("keys.once.title")}>
        {t("keys.once.text")}
      </Alert>
      <div className={styles.secret} data-testid="secret">
        <CopyText text={text} />
      </div>
      <Group justify="flex-end">
        <Button onClick={onDone}>{t("keys.once.done")}</Button>
      </Group>
    </Stack>
  );
}

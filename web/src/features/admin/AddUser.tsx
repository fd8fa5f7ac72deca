import { Button, Group, Modal, NativeSelect, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { toast } from "@/components/toast/toast";
import { api } from "@/lib/api/client";
import { formErrors } from "@/lib/api/problem";
import type { RoleName } from "@/lib/api/types";
import { useRoleChoices } from "./roles";

const fields = ["name", "email", "role", "password"] as const;

export function AddUser({ onClose }: { onClose(): void }) {
  const { t } = useTranslation("admin");
  const client = useQueryClient();
  const roles = useRoleChoices();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "", email: "", role: "viewer" as RoleName, password: "" },
    validate: {
      name: needed(t("users.needName")),
      email: needed(t("users.needEmail")),
      password: needed(t("users.needPassword")),
    },
  });
  const add = useMutation({
    mutationFn: (body: typeof form.values) => api.POST("/api/v1/users", { body }),
    onSuccess: (_, { name }) => {
      void client.invalidateQueries({ queryKey: ["users"] });
      void toast({ tone: "ok", title: t("users.added", { name }) });
      onClose();
    },
    onError: (error) => form.setErrors(formErrors(error, fields)),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("users.add")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <ImeForm onSubmit={form.onSubmit((values) => add.mutate(values))}>
        <Stack gap="md">
          <TextInput
            label={t("field.name")}
            data-autofocus
            key={form.key("name")}
            {...form.getInputProps("name")}
          />
          <TextInput
            label={t("field.email")}
            type="email"
            key={form.key("email")}
            {...form.getInputProps("email")}
          />
          <NativeSelect
            label={t("field.role")}
            data={roles}
            key={form.key("role")}
            {...form.getInputProps("role")}
          />
          <PasswordInput
            label={t("users.firstPassword")}
            description={t("users.passwordRule")}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ "aria-label": t("users.showPassword") }}
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <ProblemNotice error={add.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t("common:action.cancel")}
            </Button>
            <Button type="submit" loading={add.isPending}>
              {t("users.add")}
            </Button>
          </Group>
        </Stack>
      </ImeForm>
    </Modal>
  );
}

function needed(text: string) {
  return (value: string) => (value.trim() === "" ? text : null);
}

import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useLocation, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Card } from "@/components/brand/Card";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api } from "@/lib/api/client";
import { formErrors } from "@/lib/api/problem";
import { useEnter } from "./LoginPage";
import { setupToken } from "./next";

const fields = ["token", "tenant_name", "name", "email", "password"] as const;

/** Creates the first administrator with the one-time token that the server printed. */
export function SetupPage() {
  const { t } = useTranslation("account");
  const hash = useLocation({ select: (location) => location.hash });
  const search: { token?: string } = useSearch({ strict: false });
  const enter = useEnter();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: {
      token: setupToken(hash, search.token),
      tenant_name: "",
      name: "",
      email: "",
      password: "",
    },
    validate: (values) =>
      Object.fromEntries(
        fields.filter((field) => values[field].trim() === "").map((field) => [field, t(`needed.${field}`)]),
      ),
  });
  const setup = useMutation({
    mutationFn: (body: typeof form.values) => api.POST("/api/v1/setup", { body }),
    onSuccess: enter,
    onError: (error) => form.setErrors(formErrors(error, fields)),
  });
  const tokenGiven = form.getInitialValues().token !== "";
  return (
    <Card title={t("setup.title")} text={t("setup.text")}>
      <ImeForm onSubmit={form.onSubmit((values) => setup.mutate(values))}>
        <Stack gap="md">
          {tokenGiven ? null : (
            <TextInput
              label={t("field.token")}
              description={t("setup.token")}
              key={form.key("token")}
              {...form.getInputProps("token")}
            />
          )}
          <TextInput
            label={t("field.tenant_name")}
            autoFocus
            key={form.key("tenant_name")}
            {...form.getInputProps("tenant_name")}
          />
          <TextInput
            label={t("field.name")}
            autoComplete="name"
            key={form.key("name")}
            {...form.getInputProps("name")}
          />
          <TextInput
            label={t("field.email")}
            type="email"
            autoComplete="username"
            key={form.key("email")}
            {...form.getInputProps("email")}
          />
          <PasswordInput
            label={t("field.password")}
            description={t("setup.password")}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ "aria-label": t("field.showPassword") }}
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <ProblemNotice error={setup.error} />
          <Button type="submit" loading={setup.isPending}>
            {t("setup.action")}
          </Button>
        </Stack>
      </ImeForm>
    </Card>
  );
}

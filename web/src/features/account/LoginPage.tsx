import { Button, Divider, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Card } from "@/components/brand/Card";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api } from "@/lib/api/client";
import { liveHub } from "@/lib/live/use-live";
import { oidcQuery } from "@/lib/query/setup";
import { safeNext } from "./next";
import { ProviderRefusal } from "./ProviderRefusal";

export function LoginPage() {
  const { t } = useTranslation("account");
  const enter = useEnter();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email: "", password: "" },
    validate: {
      email: (value) => (value.trim() === "" ? t("needed.email") : null),
      password: (value) => (value === "" ? t("needed.password") : null),
    },
  });
  const login = useMutation({
    mutationFn: ({ email, password }: typeof form.values) =>
      api.POST("/api/v1/auth/login", { body: { email: email.trim(), password } }),
    onSuccess: enter,
  });
  return (
    <Card title={t("login.title")} text={t("login.text")}>
      <ProviderRefusal />
      <ImeForm onSubmit={form.onSubmit((values) => login.mutate(values))}>
        <Stack gap="md">
          <TextInput
            label={t("field.email")}
            type="email"
            autoComplete="username"
            autoFocus
            key={form.key("email")}
            {...form.getInputProps("email")}
          />
          <PasswordInput
            label={t("field.password")}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ "aria-label": t("field.showPassword") }}
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <ProblemNotice error={login.error} />
          <Button type="submit" loading={login.isPending}>
            {t("login.action")}
          </Button>
          <OidcButton />
        </Stack>
      </ImeForm>
    </Card>
  );
}

/** After signing in nothing cached before may be shown, and the reader goes on to where they were. */
export function useEnter(): () => void {
  const client = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ strict: false });
  return () => {
    client.removeQueries();
    liveHub.reset();
    router.history.replace(safeNext(next));
  };
}

function OidcButton() {
  const { t } = useTranslation("account");
  const { data } = useQuery(oidcQuery);
  if (data?.enabled !== true) return null;
  return (
    <>
      <Divider />
      <Button component="a" href="/api/v1/auth/oidc/start" variant="default">
        {t("login.with", { name: data.label ?? "OpenID Connect" })}
      </Button>
    </>
  );
}

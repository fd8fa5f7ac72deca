import { Button, Group, NativeSelect, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { api } from "@/lib/api/client";
import type { RoleName, User } from "@/lib/api/types";
import { useMay, useMe } from "@/lib/query/me";
import { useRoleChoices } from "./roles";

interface Props {
  user: User;
  onClose(): void;
}

export function UserDetails({ user, onClose }: Props) {
  const { t } = useTranslation("admin");
  const may = useMay();
  const me = useMe();
  return (
    <Inspector title={user.name} onClose={onClose}>
      <Pairs
        pairs={[
          [t("field.email"), user.email],
          [t("field.role"), t(`shell:role.${user.role}`)],
          [
            t("field.state"),
            <StatusBadge
              key="state"
              plain
              tone={user.active ? "ok" : "idle"}
              label={user.active ? t("users.active") : t("users.inactive")}
            />,
          ],
          [t("field.created"), <TimeAgo key="created" at={user.created_at} />],
          [t("field.id"), <CopyText key="id" text={user.id} />],
        ]}
      />
      {may("users.write") && me.user.id !== user.id ? <UserActions user={user} onGone={onClose} /> : null}
    </Inspector>
  );
}

function UserActions({ user, onGone }: { user: User; onGone(): void }) {
  const { t } = useTranslation("admin");
  const client = useQueryClient();
  const roles = useRoleChoices();
  const [removing, { open, close }] = useDisclosure(false);
  const path = { user_id: user.id };
  const refresh = () => client.invalidateQueries({ queryKey: ["users"] });
  const change = useMutation({
    mutationFn: (body: { role?: RoleName; active?: boolean }) =>
      api.PATCH("/api/v1/users/{user_id}", { params: { path }, body }),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: () => api.DELETE("/api/v1/users/{user_id}", { params: { path } }),
    onSuccess: async () => {
      onGone();
      await refresh();
    },
  });
  return (
    <InspectorSection title={t("users.change")}>
      <Stack gap="sm">
        <NativeSelect
          label={t("field.role")}
          data={
            roles.some(({ value }) => value === user.role)
              ? roles
              : [{ value: user.role, label: t(`shell:role.${user.role}`) }]
          }
          value={user.role}
          disabled={change.isPending}
          onChange={(event) => change.mutate({ role: event.currentTarget.value as RoleName })}
        />
        <ProblemNotice error={change.error} />
        <Group gap="sm">
          <Button
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate({ active: !user.active })}
          >
            {user.active ? t("users.deactivate") : t("users.activate")}
          </Button>
          <Button variant="outline" color="danger" onClick={open}>
            {t("users.remove")}
          </Button>
        </Group>
      </Stack>
      <ConfirmDanger
        opened={removing}
        title={t("users.removeTitle", { name: user.name })}
        impact={t("users.removeText")}
        confirmLabel={t("users.remove")}
        typeName={user.email}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={close}
      />
    </InspectorSection>
  );
}

import { ActionIcon } from "@mantine/core";
import { IconBuilding, IconLogout, IconUserCircle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import menu from "@/components/menu/menu.module.css";
import { PickMenu } from "@/components/menu/PickMenu";
import { api } from "@/lib/api/client";
import { sessionLost } from "@/lib/api/session";
import { useMe } from "@/lib/query/me";

/** Who is signed in and where, the other tenants, and the way out. */
export function UserMenu() {
  const { t } = useTranslation("shell");
  const { user, tenant, role, tenants } = useMe();
  const leave = useMutation({
    mutationFn: () => api.POST("/api/v1/auth/logout"),
    onSettled: () => sessionLost.emit(),
  });
  const enter = useMutation({
    mutationFn: (id: string) => api.POST("/api/v1/auth/tenant", { body: { tenant_id: id } }),
    // Everything on screen belongs to the tenant that was left: start over.
    onSuccess: () => window.location.assign("/"),
  });
  const others = tenants.filter(({ id }) => id !== tenant.id);
  return (
    <PickMenu
      label={t("user.menu", { name: user.name })}
      trigger={(props) => (
        <ActionIcon {...props} title={user.name} aria-label={t("user.menu", { name: user.name })}>
          <IconUserCircle size={20} stroke={1.6} aria-hidden />
        </ActionIcon>
      )}
      header={
        <div className={menu.header}>
          <b>{user.name}</b>
          {user.email}
          <br />
          {tenant.name} · {t(`role.${role}`)}
        </div>
      }
      items={[
        ...others.map(({ id, name }) => ({
          key: id,
          label: t("user.enter", { name }),
          icon: IconBuilding,
          onPick: () => enter.mutate(id),
        })),
        { key: "leave", label: t("user.leave"), icon: IconLogout, onPick: () => leave.mutate() },
      ]}
    />
  );
}

import { useTranslation } from "react-i18next";
import type { RoleName } from "@/lib/api/types";
import { useMe } from "@/lib/query/me";

/** From the least to the most powerful. */
export const roleOrder: readonly RoleName[] = ["viewer", "operator", "builder", "admin", "owner"];

/** The roles one may hand out: never more than one's own. */
export function rolesUpTo(own: RoleName): RoleName[] {
  return roleOrder.slice(0, roleOrder.indexOf(own) + 1);
}

export function useRoleChoices(): { value: RoleName; label: string }[] {
  const { t } = useTranslation("shell");
  const { role } = useMe();
  return rolesUpTo(role).map((name) => ({ value: name, label: t(`role.${name}`) }));
}

/** "rules.write" → area "rules", right "write". */
export function splitPermission(permission: string): { area: string; right: string } {
  const at = permission.indexOf(".");
  return { area: permission.slice(0, at), right: permission.slice(at + 1) };
}

/** Permissions by area, in the order they first appear. */
export function byArea<T extends string>(permissions: readonly T[]): Map<string, T[]> {
  const areas = new Map<string, T[]>();
  for (const permission of permissions) {
    const { area } = splitPermission(permission);
    areas.set(area, [...(areas.get(area) ?? []), permission]);
  }
  return areas;
}

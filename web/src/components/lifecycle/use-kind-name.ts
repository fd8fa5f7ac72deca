import { useCallback } from "react";
import { useTranslation } from "react-i18next";

/** The word for what one asset does with another. */
export function useRoleName(): (role: string) => string {
  const { t, i18n } = useTranslation("lifecycle");
  return useCallback(
    (role: string) => (i18n.exists(`lifecycle:role.${role}`) ? t(`role.${role}`) : role),
    [t, i18n],
  );
}

/** The word for a kind; a kind that this build has no word for is called by its name. */
export function useKindName(): (kind: string) => string {
  const { t, i18n } = useTranslation("lifecycle");
  return useCallback(
    (kind: string) => (i18n.exists(`lifecycle:kind.${kind}`) ? t(`kind.${kind}`) : kind),
    [t, i18n],
  );
}

import { useCallback } from "react";
import { useTranslation } from "react-i18next";

/** Why a delivery ended or waits, in words; what a stage of its own calls it stays as it is. */
export function useReason() {
  const { t, i18n } = useTranslation("channels");
  return useCallback(
    (code: string): string =>
      i18n.exists(`channels:reason.${code}`) ? t(`reason.${code as "too_old"}`) : code,
    [t, i18n],
  );
}

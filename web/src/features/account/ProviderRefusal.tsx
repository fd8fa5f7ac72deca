import { Alert } from "@mantine/core";
import { IconAlertOctagon } from "@tabler/icons-react";
import { useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { CopyText } from "@/components/status/CopyText";
import { refusalOf } from "./refusal";

/** The sign-in provider led back here without a session: what happened, and where the log tells more. */
export function ProviderRefusal() {
  const { t } = useTranslation("account");
  const { error, trace }: { error?: string | undefined; trace?: string | undefined } = useSearch({
    strict: false,
  });
  const refusal = refusalOf(error, trace);
  if (refusal === null) return null;
  return (
    <Alert
      color="danger"
      variant="light"
      role="alert"
      mb="md"
      title={t(`refusal.${refusal.code}.title`)}
      icon={<IconAlertOctagon aria-hidden />}
    >
      {t(`refusal.${refusal.code}.text`)}
      {refusal.trace === null ? null : (
        <div>
          {t("common:error.trace")} <CopyText text={refusal.trace} />
        </div>
      )}
    </Alert>
  );
}

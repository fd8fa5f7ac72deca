import { useBlocker } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";

/** Asks before typed work is left behind: by a link, the back button or a closed tab. Tabs of the page itself are free. */
export function LeaveGuard({ dirty }: { dirty: () => boolean }) {
  const { t } = useTranslation("apis");
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && dirty(),
    enableBeforeUnload: dirty,
    withResolver: true,
  });
  return (
    <ConfirmDanger
      opened={leaving.status === "blocked"}
      title={t("leave.title")}
      impact={t("leave.impact")}
      confirmLabel={t("leave.do")}
      onConfirm={() => leaving.proceed?.()}
      onClose={() => leaving.reset?.()}
    />
  );
}

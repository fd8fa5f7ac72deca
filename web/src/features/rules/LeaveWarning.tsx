import { useBlocker } from "@tanstack/react-router";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";

interface Props {
  /** Whether something typed would be lost. */
  dirty: boolean;
  /** Set once it has been saved, when the page leaves by itself. */
  saved: RefObject<boolean>;
}

/** Asks before another page, or the browser, takes away what was typed. Search parameters may change freely. */
export function LeaveWarning({ dirty, saved }: Props) {
  const { t } = useTranslation("rules");
  const leave = useBlocker({
    shouldBlockFn: ({ current, next }) => !saved.current && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty && !saved.current,
    disabled: !dirty,
    withResolver: true,
  });
  return (
    <ConfirmDanger
      opened={leave.status === "blocked"}
      title={t("leave.title")}
      impact={t("leave.impact")}
      confirmLabel={t("leave.do")}
      onConfirm={() => leave.proceed?.()}
      onClose={() => leave.reset?.()}
    />
  );
}

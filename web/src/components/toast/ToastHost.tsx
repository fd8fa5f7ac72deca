import { Notifications, notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import i18next from "i18next";
import { toneColor } from "@/theme/status";
import type { Toast } from "./toast";

export default function ToastHost() {
  return <Notifications position="bottom-right" limit={4} autoClose={5000} />;
}

export function show({ tone, title, text }: Toast): void {
  const Icon = tone === "ok" || tone === "info" ? IconCircleCheck : IconAlertTriangle;
  notifications.show({
    title,
    message: text ?? "",
    withBorder: true,
    closeButtonProps: { "aria-label": i18next.t("common:action.close") },
    color: "transparent",
    icon: <Icon size={20} color={toneColor(tone)} aria-hidden />,
  });
}

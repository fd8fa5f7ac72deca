import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, dataOf } from "@/lib/api/client";
import { compact } from "@/lib/format/numbers";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import styles from "./rail.module.css";

/** How many notifications the reader has not seen, as it changes. Reading them asks again, since the key begins alike. */
export function Unread() {
  const { t, i18n } = useTranslation("shell");
  useLiveRefresh("notifications", ["notifications", "unread"], 500);
  const { data } = useQuery({
    queryKey: ["notifications", "unread"],
    queryFn: ({ signal }) => dataOf<{ unread: number }>(api.GET("/api/v1/notifications/unread", { signal })),
    refetchInterval: 120_000,
  });
  const unread = data?.unread ?? 0;
  if (unread === 0) return null;
  const text = unread > 99 ? "99+" : compact(unread, i18n.language);
  return (
    <b className={`${styles.count} num`} role="img" aria-label={t("rail.unread", { count: unread })}>
      {text}
    </b>
  );
}

import { Button } from "@mantine/core";
import { IconChecks } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { api } from "@/lib/api/client";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import styles from "./channels.module.css";
import { sentence } from "./model";
import { useNotifications } from "./queries";

/** What was delivered to the people of this tenant, here. */
export default function NotificationsPage() {
  const { t, i18n } = useTranslation("channels");
  const client = useQueryClient();
  useLiveRefresh("notifications", ["notifications"], 300);
  const notifications = useNotifications();
  const read = useMutation({
    mutationFn: () => api.POST("/api/v1/notifications/read", { body: { ids: null } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["notifications"] }),
  });
  const all = (
    <Button
      variant="default"
      leftSection={<IconChecks size={16} aria-hidden />}
      loading={read.isPending}
      onClick={() => read.mutate()}
    >
      {t("inbox.readAll")}
    </Button>
  );
  return (
    <Page header={<PageHeader title={t("inbox.title")} text={t("inbox.text")} actions={all} />}>
      <Panel>
        <StateView
          query={notifications}
          isEmpty={(rows) => rows.length === 0}
          empty={<EmptyState kind="healthy" title={t("inbox.none.title")} text={t("inbox.none.text")} />}
        >
          {(rows) => (
            <ul className={styles.inbox}>
              {rows.map((one) => (
                <li key={one.id} data-read={one.read || undefined}>
                  <SeverityBadge severity={one.severity} />
                  {one.alert_id === null ? (
                    <span className={styles.grow}>{sentence(one.message, i18n.language)}</span>
                  ) : (
                    <Link className={styles.grow} to="/alerts" search={{ selected: one.alert_id }}>
                      {sentence(one.message, i18n.language)}
                    </Link>
                  )}
                  <span className={styles.note}>
                    <TimeAgo at={one.created_at} />
                  </span>
                </li>
              ))}
            </ul>
          )}
        </StateView>
      </Panel>
    </Page>
  );
}

import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";
import { FailedState } from "@/components/state/FailedState";
import { Waiting } from "@/components/state/Waiting";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { dataOf } from "@/lib/api/client";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import styles from "../data.module.css";
import { usePage } from "../page";
import type { Of } from "../types";
import { useBound, useWords } from "../use-bound";

/** Live alerts; each may be acknowledged where it stands by those who may. */
export function AlertsPart({ node }: { node: Of<"alerts"> }) {
  const { t } = useTranslation("screens");
  const { shown, api } = usePage();
  const client = useQueryClient();
  const label = useWords(node.label);
  const text = String(useBound(node.text ?? "").value ?? "");
  const key = ["alerts", "screen", node.states, node.severities, text, node.most];
  const alerts = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) =>
      (
        await dataOf(
          api.GET("/api/v1/alerts", {
            params: {
              query: {
                state: node.states ?? ["firing", "acknowledged"],
                severity: (node.severities ?? []) as never,
                limit: node.most ?? 50,
                ...(text === "" ? {} : { q: text }),
              },
            },
            signal,
          }),
        )
      ).items,
  });
  useLiveRefresh("alerts", ["alerts", "screen"], 500);
  const acknowledge = useMutation({
    mutationFn: (id: string) =>
      dataOf(
        api.POST("/api/v1/alerts/{alert_id}/acknowledge", {
          params: { path: { alert_id: id } },
          body: { comment: "" } as never,
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ["alerts"] }),
  });
  if (alerts.error !== null && alerts.data === undefined)
    return <FailedState compact error={alerts.error} onRetry={() => void alerts.refetch()} />;
  if (alerts.data === undefined) return <Waiting lines={3} />;
  if (alerts.data.length === 0) return <EmptyState kind="healthy" compact title={t("noAlerts")} text="" />;
  return (
    <ul className={styles.list} aria-label={label || t("alerts")}>
      {alerts.data.map((alert) => (
        <li key={alert.id}>
          <SeverityBadge severity={alert.severity} />
          <Link to="/alerts" search={{ selected: alert.id } as never} className={styles.listTitle}>
            {alert.title}
          </Link>
          <TimeAgo at={alert.started_at} />
          {alert.state === "firing" && shown.permissions.includes("alerts.write") ? (
            <Button
              size="compact-xs"
              variant="default"
              loading={acknowledge.isPending && acknowledge.variables === alert.id}
              onClick={() => acknowledge.mutate(alert.id)}
            >
              {t("acknowledge")}
            </Button>
          ) : (
            <span className={styles.when}>{t(`alertState.${alert.state}`)}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

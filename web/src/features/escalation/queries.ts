import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, dataOf } from "@/lib/api/client";
import type {
  Channel,
  Escalation,
  EscalationPolicy,
  EscalationTarget,
  OncallContact,
  OncallSchedule,
  Severity,
} from "@/lib/api/types";
import type { PageOf } from "@/lib/query/paged";
import { keyOf, type toBody } from "./model";

export const policiesQuery = queryOptions({
  queryKey: ["escalation", "policies"],
  queryFn: ({ signal }) =>
    dataOf<PageOf<EscalationPolicy>>(api.GET("/api/v1/escalation-policies", { signal })),
});

const schedulesQuery = queryOptions({
  queryKey: ["oncall", "schedules"],
  queryFn: ({ signal }) =>
    dataOf<PageOf<OncallSchedule>>(
      api.GET("/api/v1/oncall-schedules", { params: { query: { limit: 100 } }, signal }),
    ),
});

const peopleQuery = queryOptions({
  queryKey: ["oncall", "contacts"],
  queryFn: ({ signal }) => dataOf<PageOf<OncallContact>>(api.GET("/api/v1/oncall-contacts", { signal })),
});

const channelsQuery = queryOptions({
  queryKey: ["channels", "all"],
  queryFn: ({ signal }) =>
    dataOf<PageOf<Channel>>(api.GET("/api/v1/channels", { params: { query: { limit: 500 } }, signal })),
});

interface Supposed {
  severity: Severity;
  policy?: ReturnType<typeof toBody> | undefined;
  labels?: Record<string, string>;
}

/** Who would be told when; nobody is told by asking. */
export function supposeQuery({ severity, labels = {}, policy }: Supposed) {
  return queryOptions({
    queryKey: ["escalation", "suppose", severity, labels, policy ?? null],
    queryFn: ({ signal }) =>
      dataOf<Escalation>(
        api.POST("/api/v1/escalation-policies/preview", {
          body: { severity, labels, policy: policy ?? null },
          signal,
        }),
      ),
    retry: false,
  });
}

/** Everybody who can be told, as a select offers them, and how each is called. */
export function useTargets() {
  const { t } = useTranslation("escalation");
  const { data: schedules } = useQuery(schedulesQuery);
  const { data: people } = useQuery(peopleQuery);
  const { data: channels } = useQuery(channelsQuery);
  const item = (type: EscalationTarget["type"], id: string, label: string) => ({
    value: keyOf({ type, id }),
    label,
  });
  const groups = [
    {
      group: t("target.schedule"),
      items: (schedules?.items ?? []).map(({ id, name }) => item("schedule", id, t("onCallFor", { name }))),
    },
    {
      group: t("target.user"),
      items: (people?.items ?? []).map(({ user_id, name }) => item("user", user_id, name)),
    },
    {
      group: t("target.channel"),
      items: (channels?.items ?? []).map(({ id, name }) => item("channel", id, name)),
    },
  ];
  const names = new Map(groups.flatMap(({ items }) => items).map(({ value, label }) => [value, label]));
  return { groups, nameOf: (target: EscalationTarget) => names.get(keyOf(target)) ?? t("problem.gone") };
}

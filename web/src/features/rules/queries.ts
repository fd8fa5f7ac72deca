import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type {
  Alert,
  Channel,
  ConditionCheck,
  Rule,
  RuleDraft,
  RuleVersion,
  SeriesInfo,
} from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

export function useRules(q: string | undefined) {
  return usePaged<Rule>(["rules", "list", q ?? null], (cursor, signal) =>
    dataOf<PageOf<Rule>>(
      api.GET("/api/v1/rules", {
        params: { query: { limit: 100, cursor: cursor ?? null, q: q ?? null } },
        signal,
      }),
    ),
  );
}

export function ruleQuery(id: string) {
  return queryOptions({
    queryKey: ["rules", "one", id],
    queryFn: ({ signal }) =>
      dataOf<Rule>(api.GET("/api/v1/rules/{rule_id}", { params: { path: { rule_id: id } }, signal })),
    refetchOnWindowFocus: false,
  });
}

export function versionsQuery(id: string) {
  return queryOptions({
    queryKey: ["rules", "versions", id],
    queryFn: ({ signal }) =>
      dataOf<PageOf<RuleVersion>>(
        api.GET("/api/v1/rules/{rule_id}/versions", {
          params: { path: { rule_id: id }, query: { limit: 50 } },
          signal,
        }),
      ),
  });
}

export function checkQuery(condition: string, source: RuleDraft["source"]) {
  return queryOptions({
    queryKey: ["rules", "check", condition, source],
    queryFn: ({ signal }) =>
      dataOf<ConditionCheck>(api.POST("/api/v1/rules/check", { body: { condition, source }, signal })),
    staleTime: 60_000,
    retry: false,
  });
}

/** The names of metrics that have been seen. */
export const metricNamesQuery = queryOptions({
  queryKey: ["metrics", "names"],
  queryFn: async ({ signal }) => {
    const page = await dataOf<PageOf<SeriesInfo>>(
      api.GET("/api/v1/metrics/series", { params: { query: { limit: 500 } }, signal }),
    );
    return [...new Set(page.items.map(({ metric }) => metric))].sort();
  },
  staleTime: 60_000,
});

export const channelsQuery = queryOptions({
  queryKey: ["channels", "choices"],
  queryFn: async ({ signal }) =>
    (
      await dataOf<PageOf<Channel>>(
        api.GET("/api/v1/channels", { params: { query: { limit: 100 } }, signal }),
      )
    ).items,
  staleTime: 30_000,
});

/** Alerts of a rule, newest first: what it has spoken about. */
export function ruleAlertsQuery(id: string) {
  return queryOptions({
    queryKey: ["alerts", "of-rule", id],
    queryFn: async ({ signal }) => {
      const query = { rule_id: id, limit: 50 };
      return (await dataOf<PageOf<Alert>>(api.GET("/api/v1/alerts", { params: { query }, signal }))).items;
    },
  });
}

/** The series a rule on a metric reads. */
export function watchedSeriesQuery(metric: string) {
  return queryOptions({
    queryKey: ["metrics", "series", metric],
    queryFn: async ({ signal }) => {
      const query = { metric, limit: 200 };
      return (
        await dataOf<PageOf<SeriesInfo>>(api.GET("/api/v1/metrics/series", { params: { query }, signal }))
      ).items;
    },
    staleTime: 60_000,
  });
}

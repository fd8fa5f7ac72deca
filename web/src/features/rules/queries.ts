import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type {
  Alert,
  Api,
  Asset,
  Channel,
  ConditionCheck,
  ConditionDrawing,
  EventRow,
  EventTypeDetail,
  EventTypeListed,
  Rule,
  RuleCase,
  RuleVersion,
  SeriesInfo,
} from "@/lib/api/types";
import type { JsonObject } from "@/lib/json/pointer";
import { type PageOf, usePaged } from "@/lib/query/paged";
import type { Source } from "./model/document";
import { type Seen, seenInEvents, seenInSeries, seenInType, seenKey } from "./model/seen";

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

/** The verdict on a condition, with its drawing. */
export function checkQuery(condition: string, source: Source) {
  return queryOptions({
    queryKey: ["rules", "check", condition, source],
    queryFn: ({ signal }) =>
      dataOf<ConditionCheck>(api.POST("/api/v1/rules/check", { body: { condition, source }, signal })),
    staleTime: 60_000,
    retry: false,
  });
}

/** The verdict on a whole rule. */
export function judgedQuery(definition: JsonObject) {
  return queryOptions({
    queryKey: ["rules", "judged", definition],
    queryFn: ({ signal }) =>
      dataOf<ConditionCheck>(api.POST("/api/v1/rules/check", { body: { definition }, signal })),
    staleTime: 60_000,
    retry: false,
  });
}

export function writeDrawing(builder: ConditionDrawing, source: Source): Promise<ConditionCheck> {
  return dataOf<ConditionCheck>(api.POST("/api/v1/rules/check", { body: { builder, source } }));
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

/** Types of events that have been seen, with their senders. */
export const eventTypesQuery = queryOptions({
  queryKey: ["events", "types", "choices"],
  queryFn: async ({ signal }) =>
    (await dataOf<PageOf<EventTypeListed>>(api.GET("/api/v1/events/types", { signal }))).items,
  staleTime: 60_000,
});

/** Fields and values that have been seen in what a rule reads. */
export function seenQuery(source: Source | null) {
  return queryOptions({
    queryKey: ["rules", "seen", ...seenKey(source)],
    queryFn: ({ signal }): Promise<Seen[]> =>
      source?.type === "event" ? seenOfEvents(source, signal) : seenOfMetric(source?.metric ?? "", signal),
    staleTime: 60_000,
    retry: false,
    enabled: source !== null,
  });
}

async function seenOfMetric(metric: string, signal: AbortSignal): Promise<Seen[]> {
  return seenInSeries(await seriesOf(metric, signal));
}

/** Of one type its fields are kept; of all, the newest events are looked at. */
async function seenOfEvents(
  { event_type }: { event_type?: string | null },
  signal: AbortSignal,
): Promise<Seen[]> {
  if (event_type) {
    const params = { path: { type: event_type } };
    const found = await dataOf<EventTypeDetail>(api.GET("/api/v1/events/types/{type}", { params, signal }));
    return seenInType(found);
  }
  const page = await dataOf<PageOf<EventRow>>(
    api.GET("/api/v1/events", { params: { query: { limit: 100 } }, signal }),
  );
  return seenInEvents(page.items);
}

async function seriesOf(metric: string, signal: AbortSignal): Promise<SeriesInfo[]> {
  const query = { metric, limit: 200 };
  return (await dataOf<PageOf<SeriesInfo>>(api.GET("/api/v1/metrics/series", { params: { query }, signal })))
    .items;
}

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

function keysQuery(kind: string) {
  return queryOptions({
    queryKey: ["assets", "keys", kind],
    queryFn: async ({ signal }) => {
      const query = { kind: [kind], limit: 200 };
      const page = await dataOf<PageOf<Asset>>(api.GET("/api/v1/assets", { params: { query }, signal }));
      return page.items.filter((each) => each.published_version !== null);
    },
    staleTime: 30_000,
  });
}

/** Published APIs by key. */
export const apiKeysQuery = keysQuery("api");

/** What an API asks for. */
export function apiParametersQuery(id: string | undefined) {
  return queryOptions({
    queryKey: ["apis", "one", id ?? "", "parameters"],
    queryFn: async ({ signal }) => {
      const params = { path: { api_id: id ?? "" } };
      const found = await dataOf<Api>(api.GET("/api/v1/apis/{api_id}", { params, signal }));
      return found.definition.parameters ?? [];
    },
    enabled: id !== undefined,
    staleTime: 30_000,
  });
}

/** Published rules by key, for those that join others. */
export const ruleKeysQuery = queryOptions({
  ...keysQuery("rule"),
  select: (found: Asset[]) => found.map(({ key, name }) => ({ key, name })),
});

/** Alerts of a rule, newest first: what it has spoken about. */
export function ruleAlertsQuery(id: string) {
  return queryOptions({
    queryKey: ["alerts", "of-rule", id],
    queryFn: async ({ signal }) => {
      const query = { rule_id: [id], limit: 50 };
      return (await dataOf<PageOf<Alert>>(api.GET("/api/v1/alerts", { params: { query }, signal }))).items;
    },
  });
}

/** The series a rule on a metric reads. */
export function watchedSeriesQuery(metric: string) {
  return queryOptions({
    queryKey: ["metrics", "series", metric],
    queryFn: ({ signal }) => seriesOf(metric, signal),
    staleTime: 60_000,
  });
}

export function ruleCasesQuery(id: string) {
  return queryOptions({
    queryKey: ["rules", "cases", id],
    queryFn: async ({ signal }) =>
      (
        await dataOf<PageOf<RuleCase>>(
          api.GET("/api/v1/rules/{rule_id}/cases", {
            params: { path: { rule_id: id }, query: { limit: 200 } },
            signal,
          }),
        )
      ).items,
  });
}

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { Executor, ExecutorRun, RulePerformance, SystemHealth } from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

export const performanceQuery = (hours: number) =>
  queryOptions({
    queryKey: ["performance", "rules", hours],
    queryFn: ({ signal }) =>
      dataOf<RulePerformance>(
        api.GET("/api/v1/rules/performance", { params: { query: { hours, limit: 200 } }, signal }),
      ),
    refetchInterval: 5000,
    placeholderData: keepPreviousData,
  });

export const breakersQuery = queryOptions({
  queryKey: ["performance", "breakers"],
  queryFn: async ({ signal }) =>
    (await dataOf<SystemHealth>(api.GET("/api/v1/system/health", { signal }))).breakers,
  refetchInterval: 10_000,
});

export const executorsQuery = queryOptions({
  queryKey: ["performance", "executors"],
  queryFn: async ({ signal }) =>
    (
      await dataOf<PageOf<Executor>>(
        api.GET("/api/v1/executors", { params: { query: { limit: 200 } }, signal }),
      )
    ).items,
  refetchInterval: 5000,
});

export function useExecutorRuns(id: string) {
  return usePaged<ExecutorRun>(["performance", "runs", id], (cursor, signal) =>
    dataOf<PageOf<ExecutorRun>>(
      api.GET("/api/v1/executors/{executor_id}/runs", {
        params: { path: { executor_id: id }, query: { limit: 50, cursor: cursor ?? null } },
        signal,
      }),
    ),
  );
}

export const steps = {
  pause: (id: string) =>
    api.POST("/api/v1/executors/{executor_id}/pause", { params: { path: { executor_id: id } } }),
  resume: (id: string) =>
    api.POST("/api/v1/executors/{executor_id}/resume", { params: { path: { executor_id: id } } }),
  run: (id: string) =>
    api.POST("/api/v1/executors/{executor_id}/run", { params: { path: { executor_id: id } } }),
} as const;

export type Step = keyof typeof steps;

export const release = (id: string) =>
  api.POST("/api/v1/rules/{rule_id}/release", { params: { path: { rule_id: id } } });

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { ApiSchedule, ScheduleDraft, ScheduleTick } from "@/lib/api/types";
import type { PageOf } from "@/lib/query/paged";

export function schedulesQuery(apiId: string) {
  return queryOptions({
    queryKey: ["schedules", "list", apiId],
    queryFn: ({ signal }) =>
      dataOf<PageOf<ApiSchedule>>(
        api.GET("/api/v1/schedules", { params: { query: { api_id: apiId, limit: 100 } }, signal }),
      ),
    select: (page) => page.items,
    refetchInterval: 20_000,
  });
}

export function ticksQuery(id: string) {
  return queryOptions({
    queryKey: ["schedules", "ticks", id],
    queryFn: ({ signal }) =>
      dataOf<PageOf<ScheduleTick>>(
        api.GET("/api/v1/schedules/{schedule_id}/ticks", {
          params: { path: { schedule_id: id }, query: { limit: 20 } },
          signal,
        }),
      ),
    select: (page) => page.items,
    refetchInterval: 20_000,
  });
}

export type ScheduleAct =
  | { do: "create"; draft: ScheduleDraft }
  | { do: "save"; of: ApiSchedule; draft: ScheduleDraft }
  | { do: "pause" | "resume" | "remove"; of: ApiSchedule };

export function useScheduleAct(apiId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (act: ScheduleAct) => {
      await send(apiId, act);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["schedules"] }),
  });
}

function send(apiId: string, act: ScheduleAct): Promise<unknown> {
  if (act.do === "create")
    return api.POST("/api/v1/apis/{api_id}/schedules", {
      params: { path: { api_id: apiId } },
      body: act.draft,
    });
  const path = { schedule_id: act.of.id };
  switch (act.do) {
    case "save":
      return api.PUT("/api/v1/schedules/{schedule_id}", {
        params: { path, header: { "if-match": `"${act.of.revision}"` } },
        body: act.draft,
      });
    case "pause":
      return api.POST("/api/v1/schedules/{schedule_id}/pause", { params: { path } });
    case "resume":
      return api.POST("/api/v1/schedules/{schedule_id}/resume", { params: { path } });
    case "remove":
      return api.DELETE("/api/v1/schedules/{schedule_id}", { params: { path } });
  }
}

export interface Batch {
  items: Record<string, unknown>[];
  concurrency: number;
  key: string;
}

/** Begins a list of calls; the key makes a second press the same run. */
export function useBatch(apiId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ items, concurrency, key }: Batch) =>
      dataOf<{ run_id: string }>(
        api.POST("/api/v1/apis/{api_id}/batches", {
          params: { path: { api_id: apiId }, header: { "idempotency-key": key } },
          body: { items, concurrency, stop_on_error: false },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["workflow-runs", "list"] }),
  });
}

import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { GoldenResult, GoldenRun, GoldenRunDetail } from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

export const running = ({ ended_at }: Pick<GoldenRun, "ended_at">) => ended_at === null;

export function useRuns() {
  return usePaged<GoldenRun>(
    ["golden", "runs"],
    (cursor, signal) =>
      dataOf<PageOf<GoldenRun>>(
        api.GET("/api/v1/golden-runs", { params: { query: { limit: 20, cursor: cursor ?? null } }, signal }),
      ),
    running,
  );
}

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ["golden", "run", id],
    queryFn: ({ signal }) =>
      dataOf<GoldenRunDetail>(
        api.GET("/api/v1/golden-runs/{run_id}", { params: { path: { run_id: id } }, signal }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data !== undefined && running(state.data) ? 1000 : false),
  });

export const resultQuery = (id: string, key: string) =>
  queryOptions({
    queryKey: ["golden", "result", id, key],
    queryFn: ({ signal }) =>
      dataOf<GoldenResult>(
        // openapi-fetch loses the pairs of a point on the way through its own types.
        api.GET("/api/v1/golden-runs/{run_id}/results/{key}", {
          params: { path: { run_id: id, key } },
          signal,
        }) as Promise<{ data?: GoldenResult }>,
      ),
  });

export function useStart(onStarted: (run: GoldenRun) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (keys: string[]) =>
      dataOf<GoldenRun>(api.POST("/api/v1/golden-runs", { body: { keys, now: null } })),
    onSuccess: async (run) => {
      await client.invalidateQueries({ queryKey: ["golden", "runs"] });
      onStarted(run);
    },
  });
}

export function useBaseline() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, baseline }: { id: string; baseline: boolean }) =>
      dataOf<GoldenRun>(
        api.PATCH("/api/v1/golden-runs/{run_id}", { params: { path: { run_id: id } }, body: { baseline } }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["golden"] }),
  });
}

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { api, dataOf } from "@/lib/api/client";
import type { WorkflowPin } from "@/lib/api/types";
import type { Json } from "@/lib/json/pointer";
import type { PageOf } from "@/lib/query/paged";
import type { NodeRun } from "../model/node-runs";

export interface NodeTrials {
  apiId: string;
  /** What became of each node the last time it ran. */
  outcomes: ReadonlyMap<string, NodeRun>;
  /** Names of the parameters. */
  params: readonly string[];
  busy: boolean;
  /** The node and what follows it, with what is known of the others. */
  startFrom(node: string): void;
}

/** Trials of the drawing that is on the page; none while it has not been saved yet. */
export const TrialContext = createContext<NodeTrials | null>(null);

export const useNodeTrials = () => useContext(TrialContext);

export function pinsQuery(apiId: string) {
  return queryOptions({
    queryKey: ["apis", "pins", apiId],
    queryFn: ({ signal }) =>
      dataOf<PageOf<WorkflowPin>>(
        api.GET("/api/v1/apis/{api_id}/pins", { params: { path: { api_id: apiId } }, signal }),
      ),
    select: (page) => page.items,
  });
}

export function usePins(trials: NodeTrials | null): readonly WorkflowPin[] {
  const apiId = trials?.apiId ?? "";
  return useQuery({ ...pinsQuery(apiId), enabled: apiId !== "" }).data ?? [];
}

/** Let a node give its last output in trials, or run again. */
export function usePinning(apiId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ node, run }: { node: string; run: NodeRun | null }) => {
      const path = { api_id: apiId, node_id: node };
      if (run === null) await api.DELETE("/api/v1/apis/{api_id}/pins/{node_id}", { params: { path } });
      else
        await api.PUT("/api/v1/apis/{api_id}/pins/{node_id}", {
          params: { path },
          body: { output: run.output as Json, port: run.port },
        });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["apis", "pins", apiId] }),
  });
}

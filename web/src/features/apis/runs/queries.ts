import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { toast } from "@/components/toast/toast";
import { api, dataOf } from "@/lib/api/client";
import type { ApprovalLink, WorkflowRun, WorkflowRunLine } from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

export type RunState = WorkflowRunLine["state"];
export const runStates: readonly RunState[] = [
  "queued",
  "running",
  "waiting",
  "succeeded",
  "failed",
  "cancelled",
];

export function useWorkflowRuns(apiId: string | undefined, state: RunState | undefined) {
  return usePaged<WorkflowRunLine>(
    ["workflow-runs", "list", apiId ?? null, state ?? null],
    (cursor, signal) =>
      dataOf<PageOf<WorkflowRunLine>>(
        api.GET("/api/v1/workflow-runs", {
          params: {
            query: { limit: 100, cursor: cursor ?? null, api_id: apiId ?? null, state: state ?? null },
          },
          signal,
        }),
      ),
  );
}

export function workflowRunQuery(id: string) {
  return queryOptions({
    queryKey: ["workflow-runs", "one", id],
    queryFn: ({ signal }) =>
      dataOf<WorkflowRun>(
        api.GET("/api/v1/workflow-runs/{run_id}", { params: { path: { run_id: id } }, signal }),
      ),
  });
}

export type Act =
  | { do: "cancel" }
  | { do: "retry"; from: string | null }
  | { do: "decide"; node: string; approve: boolean; comment: string };

/** What can be done to a run; each answers with what the run is then. */
export function useRunAct(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (act: Act) => dataOf<WorkflowRun>(send(id, act)),
    onSuccess: (run) => {
      client.setQueryData(workflowRunQuery(id).queryKey, run);
      return client.invalidateQueries({ queryKey: ["workflow-runs", "list"] });
    },
  });
}

function send(id: string, act: Act) {
  const path = { run_id: id };
  switch (act.do) {
    case "cancel":
      return api.POST("/api/v1/workflow-runs/{run_id}/cancel", { params: { path } });
    case "retry":
      return api.POST("/api/v1/workflow-runs/{run_id}/retry", {
        params: { path },
        body: { from_node: act.from },
      });
    case "decide":
      return api.POST("/api/v1/workflow-runs/{run_id}/nodes/{node_id}/decision", {
        params: { path: { ...path, node_id: act.node } },
        body: { approve: act.approve, comment: act.comment },
      });
  }
}

/** A link to the page where a node is decided, put where it can be pasted. */
export function useApprovalLink(runId: string) {
  const { t } = useTranslation("apis");
  return useMutation({
    mutationFn: async (node: string) => {
      const path = { run_id: runId, node_id: node };
      const { url } = await dataOf<ApprovalLink>(
        api.POST("/api/v1/workflow-runs/{run_id}/nodes/{node_id}/link", { params: { path } }),
      );
      await navigator.clipboard.writeText(url);
    },
    onSuccess: () => void toast({ tone: "ok", title: t("wfRuns.copied") }),
  });
}

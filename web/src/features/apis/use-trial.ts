import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, dataOf } from "@/lib/api/client";
import type { Api, ApiRun } from "@/lib/api/types";
import type { Json } from "@/lib/json/pointer";
import { valuesOf } from "./model/calls";
import { isWhole, type NodeRun, trialNodes } from "./model/node-runs";
import { pinsQuery } from "./workflow/trials";

/** The values typed for a trial and the last run; kept above the tabs, so that changing tabs loses nothing. */
export function useTrial(ensureSaved: () => Promise<Api | null>) {
  const client = useQueryClient();
  const [values, setValues] = useState<Record<string, string>>({});
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, NodeRun>>(new Map());
  const run = useMutation({
    mutationFn: async (from?: string): Promise<ApiRun | null> => {
      const saved = await ensureSaved();
      if (saved === null) return null;
      const parameters = valuesOf(saved.definition.parameters ?? [], values);
      return dataOf<ApiRun>(
        api.POST("/api/v1/apis/{api_id}/run", {
          params: { path: { api_id: saved.id } },
          body: { parameters, ...(await begunAt(client, saved, from, outcomes)) },
        }),
      );
    },
    onSuccess: (answer, from) => {
      const found = trialNodes(answer?.log);
      setOutcomes((kept) => (from === undefined ? found : new Map([...kept, ...found])));
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["apis", "runs"] }),
  });
  return {
    values,
    setValue: (name: string, text: string) => setValues((kept) => ({ ...kept, [name]: text })),
    run,
    outcomes,
    start: () => {
      if (!run.isPending) run.mutate(undefined);
    },
    startFrom: (node: string) => {
      if (!run.isPending) run.mutate(node);
    },
  };
}

/** What a workflow's trial need not do: pinned outputs, and when it begins at a node what the others gave last. */
async function begunAt(
  client: QueryClient,
  saved: Api,
  from: string | undefined,
  outcomes: ReadonlyMap<string, NodeRun>,
): Promise<{ from_node?: string; known?: Record<string, { output: Json; port: string }> }> {
  const { logic } = saved.definition;
  if (logic.type !== "workflow" || logic.durable === true) return {};
  const known: Record<string, { output: Json; port: string }> = {};
  if (from !== undefined)
    for (const [node, { state, output, port }] of outcomes)
      if (state === "succeeded" && isWhole(output)) known[node] = { output: output as Json, port };
  for (const { node_id, output, port } of (await client.fetchQuery(pinsQuery(saved.id))).items)
    known[node_id] = { output: output as Json, port };
  const nodes = new Set(logic.nodes.map(({ id }) => id));
  const kept = Object.fromEntries(Object.entries(known).filter(([node]) => nodes.has(node)));
  return from === undefined ? { known: kept } : { known: kept, from_node: from };
}

export type Trial = ReturnType<typeof useTrial>;

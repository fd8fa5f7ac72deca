import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, dataOf } from "@/lib/api/client";
import type { Api, ApiRun } from "@/lib/api/types";
import { valuesOf } from "./model/calls";

/** The values typed for a trial and the last run; kept above the tabs, so that changing tabs loses nothing. */
export function useTrial(ensureSaved: () => Promise<Api | null>) {
  const client = useQueryClient();
  const [values, setValues] = useState<Record<string, string>>({});
  const run = useMutation({
    mutationFn: async (): Promise<ApiRun | null> => {
      const saved = await ensureSaved();
      if (saved === null) return null;
      const parameters = valuesOf(saved.definition.parameters ?? [], values);
      return dataOf<ApiRun>(
        api.POST("/api/v1/apis/{api_id}/run", {
          params: { path: { api_id: saved.id } },
          body: { parameters },
        }),
      );
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["apis", "runs"] }),
  });
  return {
    values,
    setValue: (name: string, text: string) => setValues((kept) => ({ ...kept, [name]: text })),
    run,
    start: () => {
      if (!run.isPending) run.mutate();
    },
  };
}

export type Trial = ReturnType<typeof useTrial>;

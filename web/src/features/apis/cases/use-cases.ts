import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { ApiCase, ApiCaseDraft, ApiCases } from "@/lib/api/types";

/** What can be done with the cases of one API. */
export function useCaseSteps(apiId: string, ensureSaved: () => Promise<unknown>) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["apis"] });
  const run = useMutation({
    mutationFn: async ({ version, ids }: { version: number; ids: string[] }): Promise<ApiCases | null> => {
      if (version === 0 && (await ensureSaved()) === null) return null;
      return dataOf<ApiCases>(
        api.POST("/api/v1/apis/{api_id}/cases/run", {
          params: { path: { api_id: apiId } },
          body: { case_ids: ids, version: version === 0 ? null : version },
        }),
      );
    },
    onSettled: refresh,
  });
  const save = useMutation({
    mutationFn: ({ id, draft }: { id: string | null; draft: ApiCaseDraft }) => saved(apiId, id, draft),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: (id: string) =>
      dataOf(
        api.DELETE("/api/v1/apis/{api_id}/cases/{case_id}", {
          params: { path: { api_id: apiId, case_id: id } },
        }),
      ),
    onSuccess: refresh,
  });
  return { run, save, remove };
}

export type CaseSteps = ReturnType<typeof useCaseSteps>;

function saved(apiId: string, id: string | null, body: ApiCaseDraft): Promise<ApiCase> {
  if (id === null)
    return dataOf<ApiCase>(
      api.POST("/api/v1/apis/{api_id}/cases", { params: { path: { api_id: apiId } }, body }),
    );
  return dataOf<ApiCase>(
    api.PUT("/api/v1/apis/{api_id}/cases/{case_id}", {
      params: { path: { api_id: apiId, case_id: id } },
      body,
    }),
  );
}

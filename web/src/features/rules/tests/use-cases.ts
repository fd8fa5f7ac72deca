import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { RuleCase, RuleCaseBody, RuleCases } from "@/lib/api/types";

/** What can be done with the cases of one rule. */
export function useCaseSteps(ruleId: string, ensureSaved: () => Promise<boolean>) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["rules", "cases", ruleId] });
  const path = { rule_id: ruleId };
  const run = useMutation({
    mutationFn: async ({ version, ids }: { version: number; ids: string[] }): Promise<RuleCases | null> => {
      if (version === 0 && !(await ensureSaved())) return null;
      return dataOf<RuleCases>(
        api.POST("/api/v1/rules/{rule_id}/cases/run", {
          params: { path },
          body: { case_ids: ids, version: version === 0 ? null : version },
        }),
      );
    },
    onSettled: refresh,
  });
  const save = useMutation({
    mutationFn: ({ id, body }: { id: string | null; body: RuleCaseBody }) =>
      id === null
        ? dataOf<RuleCase>(api.POST("/api/v1/rules/{rule_id}/cases", { params: { path }, body }))
        : dataOf<RuleCase>(
            api.PUT("/api/v1/rules/{rule_id}/cases/{case_id}", {
              params: { path: { ...path, case_id: id } },
              body,
            }),
          ),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: (id: string) =>
      dataOf(
        api.DELETE("/api/v1/rules/{rule_id}/cases/{case_id}", { params: { path: { ...path, case_id: id } } }),
      ),
    onSuccess: refresh,
  });
  return { run, save, remove };
}

export type CaseSteps = ReturnType<typeof useCaseSteps>;

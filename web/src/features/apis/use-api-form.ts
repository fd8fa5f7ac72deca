import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, dataOf } from "@/lib/api/client";
import { isApiError } from "@/lib/api/problem";
import type { Api } from "@/lib/api/types";
import { type ApiForm, needsOf, toDraft } from "./model/form";
import { apiQuery } from "./queries";

/** Somebody else saved in between: 412 for the revision, 409 from older servers and for a name that is taken. */
export function isConflict(error: unknown): boolean {
  return isApiError(error) && error.status === 412;
}

/** The form of an API and its way to the server. Without `shown` it is a new one. */
export function useApiForm(initial: ApiForm, shown?: Api) {
  const { t } = useTranslation("apis");
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm<ApiForm>({
    initialValues: initial,
    validate: (values) =>
      Object.fromEntries(Object.entries(needsOf(values)).map(([field, need]) => [field, t(`need.${need}`)])),
  });
  const save = useMutation({
    mutationFn: async ({ values, over }: { values: ApiForm; over?: boolean }) => {
      const body = toDraft(values);
      if (shown === undefined) return dataOf<Api>(api.POST("/api/v1/apis", { body }));
      const latest = over === true ? await client.fetchQuery({ ...apiQuery(shown.id), staleTime: 0 }) : shown;
      const params = { path: { api_id: shown.id }, header: { "if-match": `"${latest.revision}"` } };
      return dataOf<Api>(api.PUT("/api/v1/apis/{api_id}", { params, body }));
    },
    onSuccess: async (saved, { values }) => {
      client.setQueryData(apiQuery(saved.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: ["apis", "list"] });
      form.resetDirty(values);
      if (shown === undefined)
        await navigate({ to: "/apis/$apiId", params: { apiId: saved.id }, search: (kept) => kept });
    },
  });
  return {
    form,
    save,
    isNew: shown === undefined,
    /** The saved API with what is on screen in it, or null when a field or the server refused. */
    async ensureSaved(): Promise<Api | null> {
      if (shown !== undefined && !form.isDirty()) return shown;
      if (form.validate().hasErrors) return null;
      return save.mutateAsync({ values: form.getValues() }).catch(() => null);
    },
  };
}

export type ApiEditing = ReturnType<typeof useApiForm>;

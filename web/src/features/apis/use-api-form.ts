import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, dataOf } from "@/lib/api/client";
import { isApiError } from "@/lib/api/problem";
import type { Api } from "@/lib/api/types";
import { oneAssetQuery } from "@/lib/query/asset";
import { type ApiForm, toDraft, toForm } from "./model/form";
import type { Logic, LogicType } from "./model/logic";
import { needsOf } from "./model/needs";
import { apiQuery } from "./queries";

/** Somebody else saved in between. */
export function isConflict(error: unknown): boolean {
  return isApiError(error) && error.code === "stale_draft";
}

/**
 * The form of an API and its way to the server. Without `shown` it is a new one.
 * Invariant: `base` is the revision that the form began with. A newer `shown` does not move it, so a save over somebody else's
 * work is always refused first.
 */
export function useApiForm(initial: ApiForm, shown?: Api) {
  const { t } = useTranslation("apis");
  const client = useQueryClient();
  const navigate = useNavigate();
  const [base, setBase] = useState(shown?.revision ?? 0);
  const form = useForm<ApiForm>({
    initialValues: initial,
    validate: (values) =>
      Object.fromEntries(Object.entries(needsOf(values)).map(([field, need]) => [field, t(`need.${need}`)])),
  });
  const save = useMutation({
    mutationFn: async ({ values, over }: { values: ApiForm; over?: boolean }) => {
      const body = toDraft(values);
      if (shown === undefined) return dataOf<Api>(api.POST("/api/v1/apis", { body }));
      const latest = over === true ? await client.fetchQuery({ ...apiQuery(shown.id), staleTime: 0 }) : null;
      const params = { path: { api_id: shown.id }, header: { "if-match": `"${latest?.revision ?? base}"` } };
      return dataOf<Api>(api.PUT("/api/v1/apis/{api_id}", { params, body }));
    },
    onSuccess: async (saved, { values }) => {
      setBase(saved.revision);
      client.setQueryData(apiQuery(saved.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: ["apis", "list"] });
      void client.invalidateQueries({ queryKey: oneAssetQuery(saved.id).queryKey });
      form.resetDirty(values);
      if (shown === undefined)
        await navigate({ to: "/apis/$apiId", params: { apiId: saved.id }, search: (kept) => kept });
    },
  });
  const drafts = useRef<Partial<Record<LogicType, Logic>>>({});
  return {
    form,
    save,
    /** Logic of the types that were tried before one was chosen. */
    drafts,
    /** Somebody else's draft is on the server. */
    overtaken: shown !== undefined && (shown.revision > base || isConflict(save.error)),
    /** Gives up what is on screen for what the server has. */
    async takeTheirs(id: string) {
      const latest = await client.fetchQuery({ ...apiQuery(id), staleTime: 0 });
      const values = toForm(latest.name, latest.definition);
      form.setValues(values);
      form.resetDirty(values);
      setBase(latest.revision);
      save.reset();
    },
    /** The saved API with what is on screen in it, or null when a field or the server refused. */
    async ensureSaved(): Promise<Api | null> {
      if (shown !== undefined && !form.isDirty()) return shown;
      if (form.validate().hasErrors) return null;
      return save.mutateAsync({ values: form.getValues() }).catch(() => null);
    },
  };
}

export type ApiEditing = ReturnType<typeof useApiForm>;

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { api, dataOf } from "@/lib/api/client";
import type { AssetDetail, ConnectionTest } from "@/lib/api/types";
import type { Json, JsonObject } from "@/lib/json/pointer";
import type { Filled } from "./model/config";

export interface Wanted extends Filled {
  name: string;
  key: string;
  limits: Json;
}

/** Tries what is on the form, with values that the vault does not hold yet. Nothing is kept. */
export function useTry() {
  return useMutation({
    mutationFn: ({ config, values, limits }: Pick<Wanted, "config" | "values" | "limits">) =>
      dataOf<ConnectionTest>(
        api.POST("/api/v1/connections/test", {
          body: { config, limits, secrets: values } as never,
        }),
      ),
  });
}

/**
 * The draft first, then the secrets it names, then publication: a refused draft leaves nothing in the vault. A second attempt
 * after a failure goes on with the draft of the first.
 */
export function useCreate() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const made = useRef<AssetDetail | null>(null);
  return useMutation({
    mutationFn: async ({ wanted, publish }: { wanted: Wanted; publish: boolean }) => {
      made.current = await save(wanted, made.current);
      for (const [name, value] of Object.entries(wanted.values))
        await api.PUT("/api/v1/secrets/{name}", { params: { path: { name } }, body: { value } });
      if (publish)
        await api.POST("/api/v1/assets/{asset_id}/publish", {
          params: { path: { asset_id: made.current.id } },
          body: { comment: "", force: false },
        });
      return made.current;
    },
    onSuccess: async ({ id }) => {
      void client.invalidateQueries({ queryKey: ["secrets"] });
      await navigate({ to: "/connections/$connectionId", params: { connectionId: id } });
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["connections"] });
      void client.invalidateQueries({ queryKey: ["assets"] });
    },
  });
}

async function save(wanted: Wanted, made: AssetDetail | null): Promise<AssetDetail> {
  const content: JsonObject = { config: wanted.config, limits: wanted.limits };
  const about = { name: wanted.name, description: "", tags: [], content };
  if (made === null)
    return dataOf<AssetDetail>(
      api.POST("/api/v1/assets", {
        body: { kind: "connection", ...(wanted.key === "" ? {} : { key: wanted.key }), ...about },
      }),
    );
  return dataOf<AssetDetail>(
    api.PUT("/api/v1/assets/{asset_id}", {
      params: { path: { asset_id: made.id }, header: { "if-match": `"${made.draft_revision}"` } },
      body: about,
    }),
  );
}

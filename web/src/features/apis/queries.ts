import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Schema } from "@/components/schema/fields";
import { api, dataOf } from "@/lib/api/client";
import type {
  Api,
  ApiCase,
  ApiChanges,
  ApiCheck,
  ApiDraft,
  ApiEntry,
  ApiParameter,
  ApiReference,
  ApiRelation,
  ApiRelease,
  ApiVersion,
  AssetKind,
} from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

export function useApis(text: string | undefined) {
  return usePaged<Api>(["apis", "list", text ?? null], (cursor, signal) =>
    dataOf<PageOf<Api>>(
      api.GET("/api/v1/apis", {
        params: { query: { limit: 100, cursor: cursor ?? null, text: text ?? null } },
        signal,
      }),
    ),
  );
}

/** An edit is under way while this is on screen: nothing reloads it behind the typist's back. */
export function apiQuery(id: string) {
  return queryOptions({
    queryKey: ["apis", "one", id],
    queryFn: ({ signal }) =>
      dataOf<Api>(api.GET("/api/v1/apis/{api_id}", { params: { path: { api_id: id } }, signal })),
    refetchOnWindowFocus: false,
  });
}

export function versionsQuery(id: string) {
  return queryOptions({
    queryKey: ["apis", "versions", id],
    queryFn: ({ signal }) =>
      dataOf<PageOf<ApiVersion>>(
        api.GET("/api/v1/apis/{api_id}/versions", {
          params: { path: { api_id: id }, query: { limit: 50 } },
          signal,
        }),
      ),
  });
}

/** What the server makes of a query and its parameters. The last verdict stays until the next one is there. */
export function checkQuery(logic: ApiDraft["logic"], parameters: ApiParameter[]) {
  return queryOptions({
    queryKey: ["apis", "check", logic, parameters],
    queryFn: ({ signal }) =>
      dataOf<ApiCheck>(api.POST("/api/v1/apis/check", { body: { logic, parameters }, signal })),
    staleTime: 60_000,
    retry: false,
    placeholderData: keepPreviousData,
  });
}

/** The JSON Schema of an API's definition: forms of logic are made of it. Shared with every page that asks for kinds. */
export const apiSchemaQuery = queryOptions({
  queryKey: ["asset-kinds"],
  queryFn: async ({ signal }) =>
    (await dataOf<PageOf<AssetKind>>(api.GET("/api/v1/assets/kinds", { signal }))).items,
  staleTime: 300_000,
  select: (kinds) => (kinds.find(({ name }) => name === "api")?.schema ?? null) as Schema | null,
});

/** What a query may read, for completion. */
export const relationsQuery = queryOptions({
  queryKey: ["apis", "relations"],
  queryFn: async ({ signal }) =>
    (await dataOf<PageOf<ApiRelation>>(api.GET("/api/v1/apis/relations", { signal }))).items,
  staleTime: 300_000,
});

/** What changes for callers from one version to another (0 is the draft), and who they are. */
export function changesQuery(id: string, from: number | undefined, to: number) {
  return queryOptions({
    queryKey: ["apis", "changes", id, from ?? null, to],
    queryFn: ({ signal }) =>
      dataOf<ApiChanges>(
        api.GET("/api/v1/apis/{api_id}/changes", {
          params: { path: { api_id: id }, query: { from: from ?? null, to } },
          signal,
        }),
      ),
  });
}

export function useReleases(id: string) {
  return usePaged<ApiRelease>(["apis", "changelog", id], (cursor, signal) =>
    dataOf<PageOf<ApiRelease>>(
      api.GET("/api/v1/apis/{api_id}/changelog", {
        params: { path: { api_id: id }, query: { limit: 20, cursor: cursor ?? null } },
        signal,
      }),
    ),
  );
}

export function useApiCases(id: string) {
  return usePaged<ApiCase>(["apis", "cases", id], (cursor, signal) =>
    dataOf<PageOf<ApiCase>>(
      api.GET("/api/v1/apis/{api_id}/cases", {
        params: { path: { api_id: id }, query: { limit: 200, cursor: cursor ?? null } },
        signal,
      }),
    ),
  );
}

/** What is published, for a reader. */
export const referenceQuery = queryOptions({
  queryKey: ["apis", "reference"],
  queryFn: async ({ signal }) =>
    (await dataOf<PageOf<ApiEntry>>(api.GET("/api/v1/runtime/reference", { signal }))).items,
});

export function referenceOf(id: string) {
  return queryOptions({
    queryKey: ["apis", "reference", id],
    queryFn: ({ signal }) =>
      dataOf<ApiReference>(
        api.GET("/api/v1/runtime/reference/{api_id}", { params: { path: { api_id: id } }, signal }),
      ),
  });
}

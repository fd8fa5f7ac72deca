import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { OidcState, SetupState } from "@/lib/api/types";

/** Whether the first administrator is still to be created. */
export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: ({ signal }) => dataOf<SetupState>(api.GET("/api/v1/setup", { signal })),
  staleTime: 30_000,
});

export const oidcQuery = queryOptions({
  queryKey: ["oidc"],
  queryFn: ({ signal }) => dataOf<OidcState>(api.GET("/api/v1/auth/oidc", { signal })),
  staleTime: 300_000,
});

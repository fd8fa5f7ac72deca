import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { ApiKey, AuditEntry, LoginSession, Role, SystemHealth, User } from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";
import { resolve, type TimeRange } from "@/lib/time/range";

const limit = 100;

export function useUsers() {
  return usePaged<User>(["users"], (cursor, signal) =>
    dataOf<PageOf<User>>(
      api.GET("/api/v1/users", { params: { query: { limit, cursor: cursor ?? null } }, signal }),
    ),
  );
}

export function useKeys() {
  return usePaged<ApiKey>(["keys"], (cursor, signal) =>
    dataOf<PageOf<ApiKey>>(
      api.GET("/api/v1/keys", { params: { query: { limit, cursor: cursor ?? null } }, signal }),
    ),
  );
}

export function useSessions() {
  return usePaged<LoginSession>(["sessions"], (cursor, signal) =>
    dataOf<PageOf<LoginSession>>(
      api.GET("/api/v1/sessions", { params: { query: { limit, cursor: cursor ?? null } }, signal }),
    ),
  );
}

export interface AuditFilter {
  action?: string | undefined;
  range: TimeRange;
}

export function useAudit({ action, range }: AuditFilter) {
  return usePaged<AuditEntry>(["audit", action ?? null, range], (cursor, signal) => {
    const { from, to } = resolve(range, new Date());
    const query = {
      limit,
      cursor: cursor ?? null,
      action: action ?? null,
      from: from.toISOString(),
      // "Now" leaves the end open: an entry written while the page loads belongs to it.
      ...(range.to === "now" ? {} : { to: to.toISOString() }),
    };
    return dataOf<PageOf<AuditEntry>>(api.GET("/api/v1/audit", { params: { query }, signal }));
  });
}

export const rolesQuery = queryOptions({
  queryKey: ["roles"],
  queryFn: async ({ signal }) => (await dataOf<PageOf<Role>>(api.GET("/api/v1/roles", { signal }))).items,
  staleTime: 300_000,
});

export const healthQuery = queryOptions({
  queryKey: ["system", "health"],
  queryFn: ({ signal }) => dataOf<SystemHealth>(api.GET("/api/v1/system/health", { signal })),
  refetchInterval: 5000,
});

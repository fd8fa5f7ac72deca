import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { Me, Permission } from "@/lib/api/types";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => dataOf<Me>(api.GET("/api/v1/me", { signal })),
  staleTime: 60_000,
});

/** Who is signed in. Inside the shell the answer is always there: the route has loaded it. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

export function useMay(): (permission: Permission) => boolean {
  const { permissions } = useMe();
  return (permission) => permissions.includes(permission);
}

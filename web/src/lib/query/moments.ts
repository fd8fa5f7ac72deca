import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";

/** When it would be due next, as it is typed. */
export function momentsQuery(cron: string, zone: string) {
  return queryOptions({
    queryKey: ["schedules", "moments", cron, zone],
    queryFn: ({ signal }) =>
      dataOf<{ upcoming: string[] }>(api.POST("/api/v1/schedules/moments", { body: { cron, zone }, signal })),
    retry: false,
    enabled: cron.trim().split(/\s+/).length === 5,
  });
}

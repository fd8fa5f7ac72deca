import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { Channel, OncallContact, OncallRota, OncallSchedule } from "@/lib/api/types";
import type { PageOf } from "@/lib/query/paged";
import type { Stretch, toBody } from "./model";

export const schedulesQuery = queryOptions({
  queryKey: ["oncall", "schedules"],
  queryFn: ({ signal }) =>
    dataOf<PageOf<OncallSchedule>>(
      api.GET("/api/v1/oncall-schedules", { params: { query: { limit: 100 } }, signal }),
    ),
  refetchInterval: 60_000,
});

const between = ({ start, end }: Stretch) => ({ from: start.toISOString(), to: end.toISOString() });

export function rotaQuery(id: string, stretch: Stretch) {
  const query = between(stretch);
  return queryOptions({
    queryKey: ["oncall", "rota", id, query.from, query.to],
    queryFn: ({ signal }) =>
      dataOf<OncallRota>(
        api.GET("/api/v1/oncall-schedules/{oncall_schedule_id}/rota", {
          params: { path: { oncall_schedule_id: id }, query },
          signal,
        }),
      ),
  });
}

/** What a schedule that is being edited would say. */
export function previewQuery(body: ReturnType<typeof toBody>, stretch: Stretch) {
  const query = between(stretch);
  return queryOptions({
    queryKey: ["oncall", "preview", body, query.from],
    queryFn: ({ signal }) =>
      dataOf<OncallRota>(api.POST("/api/v1/oncall-schedules/preview", { params: { query }, body, signal })),
    enabled: body.layers.every(({ members, first_day }) => members.length > 0 && first_day !== ""),
    retry: false,
  });
}

export const contactsQuery = queryOptions({
  queryKey: ["oncall", "contacts"],
  queryFn: ({ signal }) => dataOf<PageOf<OncallContact>>(api.GET("/api/v1/oncall-contacts", { signal })),
});

export const channelsQuery = queryOptions({
  queryKey: ["channels", "all"],
  queryFn: ({ signal }) =>
    dataOf<PageOf<Channel>>(api.GET("/api/v1/channels", { params: { query: { limit: 500 } }, signal })),
});

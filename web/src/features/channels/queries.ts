import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type {
  Asset,
  Channel,
  ChannelTypes,
  Delivery,
  DeliveryCounts,
  DeliveryDetail,
  DeliveryQuery,
  Notification,
} from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

export function useChannels() {
  return usePaged<Channel>(["channels", "list"], (cursor, signal) =>
    dataOf<PageOf<Channel>>(
      api.GET("/api/v1/channels", { params: { query: { limit: 100, cursor: cursor ?? null } }, signal }),
    ),
  );
}

export const channelTypesQuery = queryOptions({
  queryKey: ["channels", "types"],
  queryFn: ({ signal }) => dataOf<ChannelTypes>(api.GET("/api/v1/channels/types", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Assets of one of the kinds that belong to channels. */
export function useAssetsOf(kind: "route" | "message_template") {
  return usePaged<Asset>(["channels", kind], (cursor, signal) => assetsOf(kind, cursor, signal));
}

export const messageTemplatesQuery = queryOptions({
  queryKey: ["channels", "templates"],
  queryFn: async ({ signal }) => (await assetsOf("message_template", undefined, signal)).items,
});

function assetsOf(kind: string, cursor: string | undefined, signal: AbortSignal) {
  const query = { kind: [kind], limit: 100, cursor: cursor ?? null };
  return dataOf<PageOf<Asset>>(api.GET("/api/v1/assets", { params: { query }, signal }));
}

const stillGoing: readonly Delivery["status"][] = ["pending", "sending"];

export function useDeliveries(asked: DeliveryQuery) {
  return usePaged<Delivery>(
    ["deliveries", "list", asked],
    (cursor, signal) =>
      dataOf<PageOf<Delivery>>(
        api.GET("/api/v1/deliveries", {
          params: { query: { ...asked, limit: 100, cursor: cursor ?? null } },
          signal,
        }),
      ),
    ({ status }) => stillGoing.includes(status),
  );
}

export function deliveryCountsQuery(asked: DeliveryQuery) {
  return queryOptions({
    queryKey: ["deliveries", "facets", asked],
    queryFn: ({ signal }) =>
      dataOf<DeliveryCounts>(api.GET("/api/v1/deliveries/facets", { params: { query: asked }, signal })),
  });
}

/** Asked for again every second while an attempt is under way. */
export function deliveryQuery(id: string) {
  return queryOptions({
    queryKey: ["deliveries", "one", id],
    queryFn: ({ signal }) =>
      dataOf<DeliveryDetail>(
        api.GET("/api/v1/deliveries/{delivery_id}", { params: { path: { delivery_id: id } }, signal }),
      ),
    refetchInterval: ({ state }) =>
      state.data !== undefined && stillGoing.includes(state.data.status) ? 1000 : false,
  });
}

export function useNotifications() {
  return usePaged<Notification>(["notifications", "list"], (cursor, signal) =>
    dataOf<PageOf<Notification>>(
      api.GET("/api/v1/notifications", { params: { query: { limit: 100, cursor: cursor ?? null } }, signal }),
    ),
  );
}

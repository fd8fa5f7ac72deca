import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { Channel, Delivery, DeliveryDetail, Notification } from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

export function useChannels() {
  return usePaged<Channel>(["channels", "list"], (cursor, signal) =>
    dataOf<PageOf<Channel>>(
      api.GET("/api/v1/channels", { params: { query: { limit: 100, cursor: cursor ?? null } }, signal }),
    ),
  );
}

export function useDeliveries() {
  return usePaged<Delivery>(["deliveries", "list"], (cursor, signal) =>
    dataOf<PageOf<Delivery>>(
      api.GET("/api/v1/deliveries", { params: { query: { limit: 100, cursor: cursor ?? null } }, signal }),
    ),
  );
}

export function deliveryQuery(id: string) {
  return queryOptions({
    queryKey: ["deliveries", "one", id],
    queryFn: ({ signal }) =>
      dataOf<DeliveryDetail>(
        api.GET("/api/v1/deliveries/{delivery_id}", { params: { path: { delivery_id: id } }, signal }),
      ),
  });
}

export function useNotifications() {
  return usePaged<Notification>(["notifications", "list"], (cursor, signal) =>
    dataOf<PageOf<Notification>>(
      api.GET("/api/v1/notifications", { params: { query: { limit: 100, cursor: cursor ?? null } }, signal }),
    ),
  );
}

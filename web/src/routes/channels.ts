import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

export const channelsRoute = createRoute({
  path: "/channels",
  getParentRoute: () => shellRoute,
  staticData: { permission: "channels.read" },
  component: lazyRouteComponent(() => import("@/features/channels/ChannelsPage")),
});

export const deliveriesRoute = createRoute({
  path: "/deliveries",
  getParentRoute: () => shellRoute,
  staticData: { permission: "notifications.read" },
  component: lazyRouteComponent(() => import("@/features/channels/DeliveriesPage")),
});

export const notificationsRoute = createRoute({
  path: "/notifications",
  getParentRoute: () => shellRoute,
  staticData: { permission: "notifications.read" },
  component: lazyRouteComponent(() => import("@/features/channels/NotificationsPage")),
});

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "./root";
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

/** What the link in a message leads to, also without a sign-in. The token comes as `/acknowledge#token=…`, so no server logs it. */
export const acknowledgeRoute = createRoute({
  path: "/acknowledge",
  getParentRoute: () => rootRoute,
  component: lazyRouteComponent(() => import("@/features/channels/AcknowledgePage")),
});

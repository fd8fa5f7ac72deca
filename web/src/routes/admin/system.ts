import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell";

export const systemRoute = createRoute({
  path: "/admin/system",
  getParentRoute: () => shellRoute,
  staticData: { permission: "system.read" },
  component: lazyRouteComponent(() => import("@/features/admin/SystemPage")),
});

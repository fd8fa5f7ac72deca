import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell";

export const sessionsRoute = createRoute({
  path: "/admin/sessions",
  getParentRoute: () => shellRoute,
  component: lazyRouteComponent(() => import("@/features/admin/SessionsPage")),
});

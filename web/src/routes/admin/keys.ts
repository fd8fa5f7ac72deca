import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell";

export const keysRoute = createRoute({
  path: "/admin/keys",
  getParentRoute: () => shellRoute,
  staticData: { permission: "keys.read" },
  component: lazyRouteComponent(() => import("@/features/admin/KeysPage")),
});

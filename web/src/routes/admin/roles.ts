import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell";

export const rolesRoute = createRoute({
  path: "/admin/roles",
  getParentRoute: () => shellRoute,
  staticData: { permission: "users.read" },
  component: lazyRouteComponent(() => import("@/features/admin/RolesPage")),
});

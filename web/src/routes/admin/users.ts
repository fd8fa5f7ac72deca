import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell";

export const usersRoute = createRoute({
  path: "/admin/users",
  getParentRoute: () => shellRoute,
  staticData: { permission: "users.read" },
  component: lazyRouteComponent(() => import("@/features/admin/UsersPage")),
});

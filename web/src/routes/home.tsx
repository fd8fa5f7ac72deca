import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

export const homeRoute = createRoute({
  path: "/",
  getParentRoute: () => shellRoute,
  component: lazyRouteComponent(() => import("@/features/home/HomePage"), "HomePage"),
});

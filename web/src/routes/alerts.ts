import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { type AlertFilters, readFilters } from "@/features/alerts/model/filters";
import { shellRoute } from "./shell";

export const alertsRoute = createRoute({
  path: "/alerts",
  getParentRoute: () => shellRoute,
  staticData: { permission: "alerts.read" },
  validateSearch: (search: Record<string, unknown>): AlertFilters => readFilters(search),
  component: lazyRouteComponent(() => import("@/features/alerts/AlertsPage")),
});

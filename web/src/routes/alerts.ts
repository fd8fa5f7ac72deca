import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

export const alertsRoute = createRoute({
  path: "/alerts",
  getParentRoute: () => shellRoute,
  staticData: { permission: "alerts.read" },
  validateSearch: (
    search: Record<string, unknown>,
  ): { view?: string | undefined; q?: string | undefined } => ({
    view: text(search["view"]),
    q: text(search["q"]),
  }),
  component: lazyRouteComponent(() => import("@/features/alerts/AlertsPage")),
});

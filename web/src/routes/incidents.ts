import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

export const incidentsRoute = createRoute({
  path: "/incidents",
  getParentRoute: () => shellRoute,
  staticData: { permission: "alerts.read" },
  validateSearch: (
    search: Record<string, unknown>,
  ): { view?: string | undefined; q?: string | undefined } => ({
    view: text(search["view"]),
    q: text(search["q"]),
  }),
  component: lazyRouteComponent(() => import("@/features/incidents/IncidentsPage")),
});

export const incidentRoute = createRoute({
  path: "/incidents/$incidentId",
  getParentRoute: () => shellRoute,
  staticData: { permission: "alerts.read" },
  component: lazyRouteComponent(() => import("@/features/incidents/IncidentPage")),
});

export const oncallRoute = createRoute({
  path: "/oncall",
  getParentRoute: () => shellRoute,
  staticData: { permission: "alerts.read" },
  validateSearch: (
    search: Record<string, unknown>,
  ): { schedule?: string | undefined; span?: string | undefined; day?: string | undefined } => ({
    schedule: text(search["schedule"]),
    span: text(search["span"]),
    day: text(search["day"]),
  }),
  component: lazyRouteComponent(() => import("@/features/oncall/OncallPage")),
});

export const escalationRoute = createRoute({
  path: "/escalation",
  getParentRoute: () => shellRoute,
  staticData: { permission: "alerts.read" },
  component: lazyRouteComponent(() => import("@/features/escalation/EscalationPage")),
});

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

interface SilenceSearch {
  new?: string[] | undefined;
  show?: "over" | undefined;
}

function texts(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");
}

export const silencesRoute = createRoute({
  path: "/silences",
  getParentRoute: () => shellRoute,
  staticData: { permission: "alerts.read" },
  validateSearch: (search: Record<string, unknown>): SilenceSearch => ({
    new: texts(search["new"]),
    show: search["show"] === "over" ? "over" : undefined,
  }),
  component: lazyRouteComponent(() => import("@/features/silences/SilencesPage")),
});

export const windowsRoute = createRoute({
  path: "/maintenance-windows",
  getParentRoute: () => shellRoute,
  staticData: { permission: "alerts.read" },
  component: lazyRouteComponent(() => import("@/features/silences/WindowsPage")),
});

export const inhibitionsRoute = createRoute({
  path: "/inhibitions",
  getParentRoute: () => shellRoute,
  staticData: { permission: "alerts.read" },
  component: lazyRouteComponent(() => import("@/features/silences/InhibitionsPage")),
});

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

export const screensRoute = createRoute({
  path: "/screens",
  getParentRoute: () => shellRoute,
  staticData: { permission: "screens.read" },
  component: lazyRouteComponent(() => import("@/features/screens/ScreensPage")),
});

export const screenRoute = createRoute({
  path: "/s/$slug",
  getParentRoute: () => shellRoute,
  staticData: { permission: "screens.read" },
  // A screen says itself which parameters it has.
  validateSearch: (search: Record<string, unknown>) => search as Record<never, never>,
  component: lazyRouteComponent(() => import("@/features/screens/ScreenPage")),
});

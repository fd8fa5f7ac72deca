import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

export const eventsRoute = createRoute({
  path: "/events",
  getParentRoute: () => shellRoute,
  staticData: { permission: "events.read" },
  validateSearch: (
    search: Record<string, unknown>,
  ): { level?: string | undefined; q?: string | undefined } => ({
    level: text(search["level"]),
    q: text(search["q"]),
  }),
  component: lazyRouteComponent(() => import("@/features/events/EventsPage")),
});

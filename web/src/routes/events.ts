import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { type EventFilters, readEventFilters } from "@/features/events/filters";
import { shellRoute } from "./shell";

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

export const eventsRoute = createRoute({
  path: "/events",
  getParentRoute: () => shellRoute,
  staticData: { permission: "events.read" },
  validateSearch: (
    search: Record<string, unknown>,
  ): EventFilters & { selected?: string | undefined; live?: boolean | undefined } => ({
    ...readEventFilters(search),
    selected: text(search["selected"]),
    live: search["live"] === true ? true : undefined,
  }),
  component: lazyRouteComponent(() => import("@/features/events/EventsPage")),
});

export const eventSourcesRoute = createRoute({
  path: "/events/sources",
  getParentRoute: () => shellRoute,
  staticData: { permission: "events.read" },
  validateSearch: (search: Record<string, unknown>): { selected?: string | undefined } => ({
    selected: text(search["selected"]),
  }),
  component: lazyRouteComponent(() => import("@/features/events/SourcesPage")),
});

export const eventTypesRoute = createRoute({
  path: "/events/types",
  getParentRoute: () => shellRoute,
  staticData: { permission: "events.read" },
  validateSearch: (
    search: Record<string, unknown>,
  ): { q?: string | undefined; selected?: string | undefined } => ({
    q: text(search["q"]),
    selected: text(search["selected"]),
  }),
  component: lazyRouteComponent(() => import("@/features/events/TypesPage")),
});

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

export const catalogsRoute = createRoute({
  path: "/catalogs",
  getParentRoute: () => shellRoute,
  staticData: { permission: "connections.read" },
  validateSearch: (search: Record<string, unknown>): { q?: string | undefined } => ({ q: text(search["q"]) }),
  component: lazyRouteComponent(() => import("@/features/catalogs/CatalogsPage")),
});

export const catalogRoute = createRoute({
  path: "/catalogs/$catalogId",
  getParentRoute: () => shellRoute,
  staticData: { permission: "connections.read" },
  validateSearch: (
    search: Record<string, unknown>,
  ): { q?: string | undefined; tab?: string | undefined } => ({
    q: text(search["q"]),
    tab: text(search["tab"]),
  }),
  component: lazyRouteComponent(() => import("@/features/catalogs/CatalogPage")),
});

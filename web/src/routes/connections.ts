import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { ConnectionFilters } from "@/features/connections/queries";
import type { ConnectionType } from "@/lib/api/types";
import { shellRoute } from "./shell";

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

const types: readonly ConnectionType[] = [
  "postgresql",
  "mysql",
  "sqlite",
  "duckdb",
  "sqlalchemy",
  "http",
  "prometheus",
  "redis",
  "smtp",
  "model",
];

export const connectionsRoute = createRoute({
  path: "/connections",
  getParentRoute: () => shellRoute,
  staticData: { permission: "connections.read" },
  validateSearch: (search: Record<string, unknown>): ConnectionFilters => ({
    q: text(search["q"]),
    type: types.find((type) => type === search["type"]),
  }),
  component: lazyRouteComponent(() => import("@/features/connections/ConnectionsPage")),
});

export const newConnectionRoute = createRoute({
  path: "/connections/new",
  getParentRoute: () => shellRoute,
  staticData: { permission: "connections.write" },
  component: lazyRouteComponent(() => import("@/features/connections/NewConnectionPage")),
});

export const connectionRoute = createRoute({
  path: "/connections/$connectionId",
  getParentRoute: () => shellRoute,
  staticData: { permission: "connections.read" },
  validateSearch: (
    search: Record<string, unknown>,
  ): { tab?: string | undefined; promql?: string | undefined } => ({
    tab: text(search["tab"]),
    promql: text(search["promql"]),
  }),
  component: lazyRouteComponent(() => import("@/features/connections/ConnectionPage")),
});

export const secretsRoute = createRoute({
  path: "/secrets",
  getParentRoute: () => shellRoute,
  staticData: { permission: "connections.read" },
  validateSearch: (search: Record<string, unknown>): { q?: string | undefined } => ({ q: text(search["q"]) }),
  component: lazyRouteComponent(() => import("@/features/connections/SecretsPage")),
});

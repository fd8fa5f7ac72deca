import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

export const apisRoute = createRoute({
  path: "/apis",
  getParentRoute: () => shellRoute,
  staticData: { permission: "apis.read" },
  validateSearch: (search: Record<string, unknown>): { q?: string | undefined } => ({ q: text(search["q"]) }),
  component: lazyRouteComponent(() => import("@/features/apis/ApisPage")),
});

export const newApiRoute = createRoute({
  path: "/apis/new",
  getParentRoute: () => shellRoute,
  staticData: { permission: "apis.write" },
  component: lazyRouteComponent(() => import("@/features/apis/NewApiPage")),
});

export const apiRoute = createRoute({
  path: "/apis/$apiId",
  getParentRoute: () => shellRoute,
  staticData: { permission: "apis.read" },
  validateSearch: (search: Record<string, unknown>): { tab?: string | undefined } => ({
    tab: text(search["tab"]),
  }),
  component: lazyRouteComponent(() => import("@/features/apis/ApiPage")),
});

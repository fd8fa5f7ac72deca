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

const reference = {
  getParentRoute: () => shellRoute,
  staticData: { permission: "apis.read" } as const,
  validateSearch: (search: Record<string, unknown>): { q?: string | undefined } => ({ q: text(search["q"]) }),
  component: lazyRouteComponent(() => import("@/features/apis/reference/ReferencePage")),
};

export const referenceRoute = createRoute({ path: "/apis/reference", ...reference });

export const referencedApiRoute = createRoute({ path: "/apis/reference/$apiId", ...reference });

export const discoverRoute = createRoute({
  path: "/apis/discover",
  getParentRoute: () => shellRoute,
  staticData: { permission: "tools.write" },
  component: lazyRouteComponent(() => import("@/features/tools/DiscoverPage")),
});

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { readTraceFilters, type TraceFilters } from "@/features/traces/model/filters";
import { shellRoute } from "./shell";

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

export const tracesRoute = createRoute({
  path: "/traces",
  getParentRoute: () => shellRoute,
  staticData: { permission: "traces.read" },
  validateSearch: (search: Record<string, unknown>): TraceFilters => readTraceFilters(search),
  component: lazyRouteComponent(() => import("@/features/traces/TracesPage")),
});

export const traceRoute = createRoute({
  path: "/traces/$traceId",
  getParentRoute: () => shellRoute,
  staticData: { permission: "traces.read" },
  validateSearch: (search: Record<string, unknown>): { selected?: string | undefined } => ({
    selected: text(search["selected"]),
  }),
  component: lazyRouteComponent(() => import("./trace-page")),
});

export const comparedTracesRoute = createRoute({
  path: "/traces/$traceId/compare",
  getParentRoute: () => shellRoute,
  staticData: { permission: "traces.read" },
  validateSearch: (search: Record<string, unknown>): { with?: string | undefined } => ({
    with: text(search["with"]),
  }),
  component: lazyRouteComponent(() => import("@/features/traces/ComparePage")),
});

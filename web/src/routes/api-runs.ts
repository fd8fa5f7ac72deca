import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { type RunFilters, readRunFilters } from "@/features/apis/log/model";
import { shellRoute } from "./shell";

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

export const apiRunsRoute = createRoute({
  path: "/api-runs",
  getParentRoute: () => shellRoute,
  staticData: { permission: "apis.read" },
  validateSearch: (search: Record<string, unknown>): RunFilters & { selected?: string | undefined } => ({
    ...readRunFilters(search),
    selected: text(search["selected"]),
  }),
  component: lazyRouteComponent(() => import("@/features/apis/log/RunLogPage")),
});

export const apiRunRoute = createRoute({
  path: "/api-runs/$runId",
  getParentRoute: () => shellRoute,
  staticData: { permission: "apis.read" },
  component: lazyRouteComponent(() => import("@/features/apis/log/ApiRunPage")),
});

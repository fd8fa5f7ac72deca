import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

interface PerformanceSearch {
  /** How many hours back. */
  hours?: string | undefined;
  executor?: string | undefined;
}

const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined;

export const performanceRoute = createRoute({
  path: "/performance",
  getParentRoute: () => shellRoute,
  staticData: { permission: "rules.read" },
  validateSearch: (search: Record<string, unknown>): PerformanceSearch => ({
    hours: text(search["hours"]),
    executor: text(search["executor"]),
  }),
  component: lazyRouteComponent(() => import("@/features/performance/PerformancePage")),
});

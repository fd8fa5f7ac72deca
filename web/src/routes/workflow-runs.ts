import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

export const workflowRunsRoute = createRoute({
  path: "/workflow-runs",
  getParentRoute: () => shellRoute,
  staticData: { permission: "apis.read" },
  validateSearch: (
    search: Record<string, unknown>,
  ): { state?: string | undefined; api?: string | undefined } => ({
    state: text(search["state"]),
    api: text(search["api"]),
  }),
  component: lazyRouteComponent(() => import("@/features/apis/runs/WorkflowRunsPage")),
});

export const workflowRunRoute = createRoute({
  path: "/workflow-runs/$runId",
  getParentRoute: () => shellRoute,
  staticData: { permission: "apis.read" },
  validateSearch: (search: Record<string, unknown>): { selected?: string | undefined } => ({
    selected: text(search["selected"]),
  }),
  component: lazyRouteComponent(() => import("@/features/apis/runs/WorkflowRunPage")),
});

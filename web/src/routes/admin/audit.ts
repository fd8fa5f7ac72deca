import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell";

export const auditRoute = createRoute({
  path: "/admin/audit",
  getParentRoute: () => shellRoute,
  staticData: { permission: "audit.read" },
  validateSearch: (search: Record<string, unknown>): { action?: string | undefined } => ({
    action: typeof search["action"] === "string" ? search["action"] : undefined,
  }),
  component: lazyRouteComponent(() => import("@/features/admin/AuditPage")),
});

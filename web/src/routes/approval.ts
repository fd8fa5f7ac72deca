import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "./root";

/** What an approval link leads to, also without a sign-in. The token comes as `/approval#token=…`, so no server logs it. */
export const approvalRoute = createRoute({
  path: "/approval",
  getParentRoute: () => rootRoute,
  component: lazyRouteComponent(() => import("@/features/apis/runs/ApprovalPage")),
});

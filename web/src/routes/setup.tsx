import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { setupQuery } from "@/lib/query/setup";
import { rootRoute } from "./root";

/** The first administrator. The one-time token comes as `/setup#token=…` (or `?token=…`, as some terminals break at #). */
export const setupRoute = createRoute({
  path: "/setup",
  getParentRoute: () => rootRoute,
  validateSearch: (search: Record<string, unknown>): { token?: string | undefined } => ({
    token: typeof search["token"] === "string" ? search["token"] : undefined,
  }),
  beforeLoad: async ({ context }) => {
    const state = await context.queryClient.ensureQueryData(setupQuery);
    if (!state.needed) throw redirect({ to: "/login" });
  },
  component: lazyRouteComponent(() => import("@/features/account/SetupPage"), "SetupPage"),
});

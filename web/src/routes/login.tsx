import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { setupQuery } from "@/lib/query/setup";
import { rootRoute } from "./root";

export const loginRoute = createRoute({
  path: "/login",
  getParentRoute: () => rootRoute,
  validateSearch: (search: Record<string, unknown>): { next?: string | undefined } => ({
    next: typeof search["next"] === "string" ? search["next"] : undefined,
  }),
  beforeLoad: async ({ context }) => {
    const state = await context.queryClient.ensureQueryData(setupQuery);
    if (state.needed) throw redirect({ to: "/setup" });
  },
  component: lazyRouteComponent(() => import("@/features/account/LoginPage"), "LoginPage"),
});

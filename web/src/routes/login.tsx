import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { setupQuery } from "@/lib/query/setup";
import { rootRoute } from "./root";

interface LoginSearch {
  next?: string | undefined;
  /** Why the sign-in provider led back here, and the id under which the log tells more. */
  error?: string | undefined;
  trace?: string | undefined;
}

// A trace id of digits alone is read as a number by the router.
const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined;

export const loginRoute = createRoute({
  path: "/login",
  getParentRoute: () => rootRoute,
  validateSearch: (search: Record<string, unknown>): LoginSearch => ({
    next: text(search["next"]),
    error: text(search["error"]),
    trace: text(search["trace"]),
  }),
  beforeLoad: async ({ context }) => {
    const state = await context.queryClient.ensureQueryData(setupQuery);
    if (state.needed) throw redirect({ to: "/setup" });
  },
  component: lazyRouteComponent(() => import("@/features/account/LoginPage"), "LoginPage"),
});

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

export const rulesRoute = createRoute({
  path: "/rules",
  getParentRoute: () => shellRoute,
  staticData: { permission: "rules.read" },
  validateSearch: (search: Record<string, unknown>): { q?: string | undefined } => ({
    q: typeof search["q"] === "string" ? search["q"] : undefined,
  }),
  component: lazyRouteComponent(() => import("@/features/rules/RulesPage")),
});

export const newRuleRoute = createRoute({
  path: "/rules/new",
  getParentRoute: () => shellRoute,
  staticData: { permission: "rules.write" },
  component: lazyRouteComponent(() => import("@/features/rules/NewRulePage")),
});

export const ruleRoute = createRoute({
  path: "/rules/$ruleId",
  getParentRoute: () => shellRoute,
  staticData: { permission: "rules.read" },
  component: lazyRouteComponent(() => import("@/features/rules/RulePage")),
});

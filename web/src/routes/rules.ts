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

interface RuleSearch {
  /** As a form, or as text. */
  as?: string | undefined;
  tab?: string | undefined;
}

const ruleSearch = (search: Record<string, unknown>): RuleSearch => ({
  as: typeof search["as"] === "string" ? search["as"] : undefined,
  tab: typeof search["tab"] === "string" ? search["tab"] : undefined,
});

export const newRuleRoute = createRoute({
  path: "/rules/new",
  validateSearch: ruleSearch,
  getParentRoute: () => shellRoute,
  staticData: { permission: "rules.write" },
  component: lazyRouteComponent(() => import("@/features/rules/NewRulePage")),
});

export const ruleRoute = createRoute({
  path: "/rules/$ruleId",
  validateSearch: ruleSearch,
  getParentRoute: () => shellRoute,
  staticData: { permission: "rules.read" },
  component: lazyRouteComponent(() => import("@/features/rules/RulePage")),
});

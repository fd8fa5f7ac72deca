import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { outcomes } from "@/features/regression/model";
import type { GoldenOutcome } from "@/lib/api/types";
import { shellRoute } from "./shell";

interface RegressionSearch {
  run?: string | undefined;
  question?: string | undefined;
  outcome?: GoldenOutcome | undefined;
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

export const regressionRoute = createRoute({
  path: "/regression",
  getParentRoute: () => shellRoute,
  staticData: { permission: "assets.read" },
  validateSearch: (search: Record<string, unknown>): RegressionSearch => ({
    run: text(search["run"]),
    question: text(search["question"]),
    outcome: outcomes.find((one) => one === search["outcome"]),
  }),
  component: lazyRouteComponent(() => import("@/features/regression/RegressionPage")),
});

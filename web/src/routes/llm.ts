import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { outcomes, purposes } from "@/features/llm/model";
import type { CallFilters } from "@/features/llm/queries";
import { shellRoute } from "./shell";

interface LlmSearch extends CallFilters {
  call?: string | undefined;
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

export const llmRoute = createRoute({
  path: "/llm",
  getParentRoute: () => shellRoute,
  staticData: { permission: "system.read" },
  validateSearch: (search: Record<string, unknown>): LlmSearch => ({
    purpose: purposes.find((one) => one === search["purpose"]),
    outcome: outcomes.find((one) => one === search["outcome"]),
    trace: text(search["trace"]),
    call: text(search["call"]),
  }),
  component: lazyRouteComponent(() => import("@/features/llm/LlmPage")),
});

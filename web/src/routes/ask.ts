import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

export const askRoute = createRoute({
  path: "/ask",
  getParentRoute: () => shellRoute,
  staticData: { permission: "ask.use" },
  component: lazyRouteComponent(() => import("@/features/ask/AskPage")),
});

export const questionRoute = createRoute({
  path: "/ask/$questionId",
  getParentRoute: () => shellRoute,
  staticData: { permission: "ask.use" },
  component: lazyRouteComponent(() => import("@/features/ask/AskPage")),
});

export const threadRoute = createRoute({
  path: "/ask/threads/$threadId",
  getParentRoute: () => shellRoute,
  staticData: { permission: "ask.use" },
  component: lazyRouteComponent(() => import("@/features/ask/AskPage")),
});

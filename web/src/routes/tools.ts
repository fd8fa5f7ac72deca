import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

export const toolsRoute = createRoute({
  path: "/tools",
  getParentRoute: () => shellRoute,
  staticData: { permission: "tools.read" },
  validateSearch: (
    search: Record<string, unknown>,
  ): { q?: string | undefined; selected?: string | undefined } => ({
    q: text(search["q"]),
    selected: text(search["selected"]),
  }),
  component: lazyRouteComponent(() => import("@/features/tools/ToolsPage")),
});

export const toolImportRoute = createRoute({
  path: "/tools/import",
  getParentRoute: () => shellRoute,
  staticData: { permission: "tools.write" },
  validateSearch: (search: Record<string, unknown>): { from?: string | undefined } => ({
    from: text(search["from"]),
  }),
  component: lazyRouteComponent(() => import("@/features/tools/ImportPage")),
});

export const toolRoute = createRoute({
  path: "/tools/$toolId",
  getParentRoute: () => shellRoute,
  staticData: { permission: "tools.read" },
  validateSearch: (
    search: Record<string, unknown>,
  ): { tab?: string | undefined; selected?: string | undefined } => ({
    tab: text(search["tab"]),
    selected: text(search["selected"]),
  }),
  component: lazyRouteComponent(() => import("@/features/tools/ToolPage")),
});

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "./shell";

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

export const inventoryRoute = createRoute({
  path: "/inventory",
  getParentRoute: () => shellRoute,
  staticData: { permission: "inventory.read" },
  validateSearch: (
    search: Record<string, unknown>,
  ): { type?: string | undefined; q?: string | undefined } => ({
    type: text(search["type"]),
    q: text(search["q"]),
  }),
  component: lazyRouteComponent(() => import("@/features/inventory/InventoryPage")),
});

export const itemRoute = createRoute({
  path: "/inventory/$itemId",
  getParentRoute: () => shellRoute,
  staticData: { permission: "inventory.read" },
  component: lazyRouteComponent(() => import("@/features/inventory/ItemPage")),
});

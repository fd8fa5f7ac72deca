import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { type AssetFilters, readFilters } from "@/features/assets/model/filters";
import { shellRoute } from "./shell";

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

export const assetsRoute = createRoute({
  path: "/assets",
  getParentRoute: () => shellRoute,
  staticData: { permission: "assets.read" },
  validateSearch: (search: Record<string, unknown>): AssetFilters => readFilters(search),
  component: lazyRouteComponent(() => import("@/features/assets/AssetsPage")),
});

export const assetRoute = createRoute({
  path: "/assets/$assetId",
  getParentRoute: () => shellRoute,
  staticData: { permission: "assets.read" },
  validateSearch: (
    search: Record<string, unknown>,
  ): { tab?: string | undefined; as?: string | undefined } => ({
    tab: text(search["tab"]),
    as: text(search["as"]),
  }),
  component: lazyRouteComponent(() => import("@/features/assets/AssetPage")),
});

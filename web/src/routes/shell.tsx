import { createRoute, Outlet, redirect, retainSearchParams, useMatches } from "@tanstack/react-router";
import { EmptyState } from "@/components/state/EmptyState";
import { type DockTab, isDockTab } from "@/features/shell/dock-state";
import { PageFailed } from "@/features/shell/PageStates";
import { Shell } from "@/features/shell/Shell";
import { isApiError } from "@/lib/api/problem";
import { meQuery, useMay } from "@/lib/query/me";
import type { RangeSearch } from "@/lib/time/range";
import { navigation } from "./navigation";
import { rootRoute } from "./root";

export interface ShellSearch extends RangeSearch {
  dock?: DockTab | undefined;
  /** The row whose details stand in the inspector. */
  selected?: string | undefined;
}

function readSearch(search: Record<string, unknown>): ShellSearch {
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const refresh = Number(search["refresh"]);
  return {
    from: text(search["from"]),
    to: text(search["to"]),
    refresh: search["refresh"] === undefined || Number.isNaN(refresh) ? undefined : refresh,
    selected: text(search["selected"]),
    dock: isDockTab(search["dock"]) ? search["dock"] : undefined,
  };
}

/** Every page behind the login. Time range and dock travel along in the URL from page to page. */
export const shellRoute = createRoute({
  id: "shell",
  getParentRoute: () => rootRoute,
  validateSearch: readSearch,
  search: { middlewares: [retainSearchParams(["from", "to", "refresh", "dock"])] },
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(meQuery);
    } catch (error) {
      if (!isApiError(error) || error.status !== 401) throw error;
      throw redirect({ to: "/login", search: { next: location.href } });
    }
  },
  component: ShellPage,
  errorComponent: PageFailed,
});

function ShellPage() {
  return (
    <Shell navigation={navigation}>
      <Permitted />
    </Shell>
  );
}

function Permitted() {
  const may = useMay();
  const wanted = useMatches({ select: (matches) => matches.at(-1)?.staticData.permission });
  return wanted === undefined || may(wanted) ? <Outlet /> : <EmptyState kind="denied" />;
}

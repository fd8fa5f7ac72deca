import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext } from "@tanstack/react-router";
import { MissingPage, PageFailed } from "@/features/shell/PageStates";
import type { Permission } from "@/lib/api/types";

export interface RouterContext {
  queryClient: QueryClient;
}

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** The page is shown only with this permission; without it the reader sees "denied" in its place. */
    permission?: Permission;
  }
}

export const rootRoute = createRootRouteWithContext<RouterContext>()({
  notFoundComponent: MissingPage,
  errorComponent: PageFailed,
});

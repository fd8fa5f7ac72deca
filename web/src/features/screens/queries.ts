import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { Schemas } from "./runtime/types";

/** The screens in force. */
export const screensQuery = queryOptions({
  queryKey: ["screens"],
  queryFn: async ({ signal }): Promise<Schemas["ScreenSummary"][]> =>
    (await dataOf(api.GET("/api/v1/screens", { signal }))).items,
});

/** The screen in force at an address. */
export const screenQuery = (slug: string) =>
  queryOptions({
    queryKey: ["screens", slug],
    queryFn: async ({ signal }): Promise<Schemas["ScreenShown"]> =>
      dataOf(api.GET("/api/v1/screens/{slug}", { params: { path: { slug } }, signal })),
  });

import { api, dataOf } from "@/lib/api/client";
import type { EventRow } from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";
import { resolve, type TimeRange } from "@/lib/time/range";
import type { Severity } from "./model";

export interface EventFilter {
  q?: string | undefined;
  severities: readonly Severity[];
  range: TimeRange;
}

export function useEvents({ q, severities, range }: EventFilter) {
  return usePaged<EventRow>(["events", "list", q ?? null, severities, range], (cursor, signal) => {
    const { from, to } = resolve(range, new Date());
    const query = {
      limit: 200,
      cursor: cursor ?? null,
      q: q ?? null,
      severity: [...severities],
      from: from.toISOString(),
      // "Now" leaves the end open: an event that arrives while the page loads belongs to it.
      ...(range.to === "now" ? {} : { to: to.toISOString() }),
    };
    return dataOf<PageOf<EventRow>>(api.GET("/api/v1/events", { params: { query }, signal }));
  });
}

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { type RangeSearch, rangeFrom, refreshFrom, type TimeRange } from "./range";

/** The page's time range and refresh interval, which live in the URL. */
export function useTimeRange() {
  const search: RangeSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const { from, to } = search;
  const range = useMemo(() => rangeFrom({ from, to }, new Date()), [from, to]);
  const refreshS = refreshFrom(search.refresh);
  return {
    range,
    refreshS,
    /** For a query's refetchInterval. A fixed range does not move, so it is not asked for again. */
    refetchInterval: refreshS === 0 || !range.to.startsWith("now") ? (false as const) : refreshS * 1000,
    setRange: (next: TimeRange) => void navigate({ to: ".", search: (kept) => ({ ...kept, ...next }) }),
    setRefresh: (seconds: number) =>
      void navigate({ to: ".", search: (kept) => ({ ...kept, refresh: seconds }) }),
  };
}

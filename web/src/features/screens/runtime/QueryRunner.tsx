import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { isApiError } from "@/lib/api/problem";
import { useLive } from "@/lib/live/use-live";
import { usePage } from "./page";
import { ask } from "./queries";
import { type DataState, noData, type Query } from "./types";
import { useBound, useTruth } from "./use-bound";

/** Keeps one query of a page up to date; shows nothing. */
export function QueryRunner({ name, query }: { name: string; query: Query }) {
  return query.type === "stream" ? (
    <Followed name={name} query={query} />
  ) : (
    <Asked name={name} query={query} />
  );
}

function Asked({ name, query }: { name: string; query: Exclude<Query, { type: "stream" }> }) {
  const page = usePage();
  const { store, shown } = page;
  const { sample, refresh_s, when, ...asked } = query;
  const bound = useBound(asked);
  const wanted = useTruth(when ?? true, when === null || when === undefined);
  const failures = useRef(0);
  const found = useQuery({
    queryKey: ["screen", shown.slug, shown.version, name, bound.value],
    queryFn: ({ signal }) => ask(bound.value as typeof query, page, signal),
    enabled: bound.ready && bound.problem === null && wanted,
    // Twice as long after each failure, and not at all while nobody looks.
    refetchInterval: refresh_s ? () => refresh_s * 1000 * 2 ** Math.min(failures.current, 5) : false,
    placeholderData: (before) => before,
  });
  failures.current = found.error === null ? 0 : found.failureCount;
  const error = bound.problem ?? (found.error === null ? null : messageOf(found.error));
  useEffect(() => {
    const state: DataState = {
      value: found.data?.value ?? null,
      rows: found.data?.rows ?? [],
      error,
      loading: found.isFetching,
      at: found.dataUpdatedAt === 0 ? null : new Date(found.dataUpdatedAt).toISOString(),
    };
    store.set("data", name, state);
  }, [store, name, found.data, found.isFetching, found.dataUpdatedAt, error]);
  return null;
}

function messageOf(error: Error): string {
  return isApiError(error) ? (error.problem.detail ?? error.message) : error.message;
}

function Followed({ name, query }: { name: string; query: Extract<Query, { type: "stream" }> }) {
  const { store } = usePage();
  const on = useBound(query.when ?? true).value !== false;
  useLive(
    query.topic,
    ({ payload }) => {
      if (store.read().open[`stream:${name}`] === false) return;
      const kept = store.read().data[name] ?? noData;
      const rows = [...kept.rows, payload].slice(-(query.keep ?? 100));
      store.set("data", name, {
        value: payload,
        rows,
        error: null,
        loading: false,
        at: new Date().toISOString(),
      });
    },
    on,
  );
  return null;
}

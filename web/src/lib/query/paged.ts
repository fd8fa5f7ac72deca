import { type QueryKey, useInfiniteQuery } from "@tanstack/react-query";

export interface PageOf<T> {
  items: T[];
  next_cursor?: string | null;
}

/**
 * A server list, page after page by cursor. `rows` is stable while the data is; while `changing` says so of what is shown,
 * it is asked for again every three seconds, because the stream may be cut off.
 */
export function usePaged<T>(
  key: QueryKey,
  fetchPage: (cursor: string | undefined, signal: AbortSignal) => Promise<PageOf<T>>,
  changing: (row: T) => boolean = () => false,
) {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(changing)) === true ? 3000 : false,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
  return query;
}

import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { Question, QuestionSummary } from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

export function useHistory() {
  return usePaged<QuestionSummary>(["questions", "list"], (cursor, signal) =>
    dataOf<PageOf<QuestionSummary>>(
      api.GET("/api/v1/questions", { params: { query: { limit: 30, cursor: cursor ?? null } }, signal }),
    ),
  );
}

/** A stored answer never changes; its evidence is run again on request only. */
export function questionQuery(id: string) {
  return queryOptions({
    queryKey: ["questions", "one", id],
    queryFn: ({ signal }) =>
      dataOf<Question>(
        // openapi-fetch loses the pairs of a point on the way through its own types.
        api.GET("/api/v1/questions/{question_id}", {
          params: { path: { question_id: id } },
          signal,
        }) as Promise<{ data?: Question }>,
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { AskSuggestion, Question, QuestionSummary, Thread, ThreadDetail } from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

/** Questions that stand in no thread: those of before there were any, and those that programs ask. */
export function useLoneQuestions() {
  return usePaged<QuestionSummary>(["questions", "list"], (cursor, signal) =>
    dataOf<PageOf<QuestionSummary>>(
      api.GET("/api/v1/questions", {
        params: { query: { alone: true, limit: 30, cursor: cursor ?? null } },
        signal,
      }),
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

export function useThreads(words: string, archived: boolean) {
  return usePaged<Thread>(["threads", "list", words, archived], (cursor, signal) =>
    dataOf<PageOf<Thread>>(
      api.GET("/api/v1/threads", {
        params: {
          query: { q: words === "" ? null : words, archived, limit: 50, cursor: cursor ?? null },
        },
        signal,
      }),
    ),
  );
}

export function threadQuery(id: string) {
  return queryOptions({
    queryKey: ["threads", "one", id],
    queryFn: ({ signal }) =>
      dataOf<ThreadDetail>(
        api.GET("/api/v1/threads/{thread_id}", { params: { path: { thread_id: id } }, signal }),
      ),
  });
}

export function suggestionsQuery(language: string) {
  return queryOptions({
    queryKey: ["questions", "suggestions", language],
    queryFn: ({ signal }) =>
      dataOf<AskSuggestion[]>(
        api.GET("/api/v1/questions/suggestions", {
          params: { query: { language: language === "ko" ? "ko" : "en" } },
          signal,
        }),
      ),
    staleTime: 300_000,
  });
}

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { LlmCall, LlmCallDetail, LlmOutcome, LlmPurpose, LlmState } from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

export interface CallFilters {
  purpose?: LlmPurpose | undefined;
  outcome?: LlmOutcome | undefined;
  /** Calls of one question. */
  trace?: string | undefined;
}

export const llmQuery = queryOptions({
  queryKey: ["llm", "state"],
  queryFn: ({ signal }) =>
    dataOf<LlmState>(api.GET("/api/v1/llm", { params: { query: { days: 14 } }, signal })),
  refetchInterval: 10_000,
  placeholderData: keepPreviousData,
});

export function useCalls({ purpose, outcome, trace }: CallFilters) {
  return usePaged<LlmCall>(["llm", "calls", purpose, outcome, trace], (cursor, signal) =>
    dataOf<PageOf<LlmCall>>(
      api.GET("/api/v1/llm/calls", {
        params: {
          query: {
            limit: 50,
            cursor: cursor ?? null,
            purpose: purpose ?? null,
            outcome: outcome ?? null,
            trace_id: trace ?? null,
          },
        },
        signal,
      }),
    ),
  );
}

export const callQuery = (id: string) =>
  queryOptions({
    queryKey: ["llm", "call", id],
    queryFn: ({ signal }) =>
      dataOf<LlmCallDetail>(
        api.GET("/api/v1/llm/calls/{call_id}", { params: { path: { call_id: id } }, signal }),
      ),
  });

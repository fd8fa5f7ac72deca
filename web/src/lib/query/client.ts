import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isApiError } from "@/lib/api/problem";
import { problemLog } from "@/lib/problems/log";

/** Whether asking again can help: the connection broke, or the server said "later". Never after a refusal. */
export function canRetry(error: unknown): boolean {
  if (!isApiError(error)) return false;
  return error.kind === "network" || error.status === 429 || error.status === 503 || error.status === 504;
}

export function retryDelayMs(attempt: number, error: unknown): number {
  const asked = isApiError(error) ? error.problem.retryAfterS : null;
  if (asked !== null) return Math.min(asked, 30) * 1000;
  return Math.min(8000, 500 * 2 ** attempt);
}

function note(error: unknown): void {
  // A lost session leads to the login page; it is no problem to look into.
  if (isApiError(error) && error.status === 401) return;
  problemLog.add(error);
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: note }),
    mutationCache: new MutationCache({ onError: note }),
    defaultOptions: {
      queries: {
        // The server may well be on this machine or network: "offline" says nothing about reaching it. Ask, and see.
        networkMode: "always",
        staleTime: 5_000,
        retry: (count, error) => count < 2 && canRetry(error),
        retryDelay: retryDelayMs,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

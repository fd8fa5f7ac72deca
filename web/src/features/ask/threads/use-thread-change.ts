import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { Thread, ThreadChange } from "@/lib/api/types";

/** Changes a thread; the list and its page follow. */
export function useThreadChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, change }: { id: string; change: ThreadChange }) =>
      dataOf<Thread>(
        api.PATCH("/api/v1/threads/{thread_id}", { params: { path: { thread_id: id } }, body: change }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["threads"] }),
  });
}

export function useThreadRemoval(onRemoved: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      api.DELETE("/api/v1/threads/{thread_id}", { params: { path: { thread_id: id } } }),
    onSuccess: async () => {
      onRemoved();
      await client.invalidateQueries({ queryKey: ["threads", "list"] });
    },
  });
}

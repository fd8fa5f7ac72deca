import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useReducer, useRef } from "react";
import { api } from "@/lib/api/client";
import type { AskMode, AskPlan } from "@/lib/api/types";
import { problemLog } from "@/lib/problems/log";
import { type AskEvent, advance, idle } from "./model/progress";
import { questionQuery, threadQuery } from "./queries";
import { ask } from "./stream";

export interface Wanted {
  text: string;
  itemId?: string | null;
  mode?: AskMode;
  /** Run as it is, without planning. */
  plan?: AskPlan;
}

/** Asks in a thread, a new one without `threadId`, and follows the answer. Leaving the page lets go of the question. */
export function useAsk(threadId: string | null) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [progress, dispatch] = useReducer(advance, idle);
  const leaver = useRef<AbortController | null>(null);
  const last = useRef<Wanted | null>(null);
  useEffect(() => () => leaver.current?.abort(), []);

  const tell = async (event: AskEvent) => {
    if (event.type === "failed") problemLog.add(event.error);
    if (event.type !== "answer") return dispatch(event);
    const { question } = event;
    client.setQueryData(questionQuery(question.id).queryKey, question);
    void client.invalidateQueries({ queryKey: ["threads", "list"] });
    const thread = question.thread_id;
    // The answer takes the place of its progress in one step: nothing jumps.
    if (thread !== null)
      await client.fetchQuery({ ...threadQuery(thread), staleTime: 0 }).catch(() => undefined);
    if (thread !== null && thread !== threadId)
      await navigate({
        to: "/ask/threads/$threadId",
        params: { threadId: thread },
        search: (kept) => ({ ...kept, selected: undefined }),
      });
    dispatch(event);
  };
  const start = (wanted: Wanted) => {
    leaver.current?.abort();
    const mine = new AbortController();
    leaver.current = mine;
    last.current = wanted;
    dispatch({ type: "asked", text: wanted.text, threadId });
    const asked = {
      text: wanted.text,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      item_id: wanted.itemId ?? null,
      thread_id: threadId,
      new_thread: threadId === null,
      mode: wanted.mode ?? "auto",
      plan: wanted.plan ?? null,
    } as const;
    // A question that another one has replaced says no more.
    const hear = (event: AskEvent) => {
      if (leaver.current === mine) void tell(event);
    };
    void ask(asked, mine.signal, hear);
  };
  return {
    progress,
    start,
    again: () => {
      if (last.current !== null) start(last.current);
    },
    /** The server ends it and keeps what had arrived; before it has begun there is nothing to keep. */
    stop: () => {
      dispatch({ type: "stopping" });
      const { questionId } = progress;
      if (questionId === null) return leaver.current?.abort();
      const path = { question_id: questionId };
      // A question that ended in the meantime needs no stop.
      void api.POST("/api/v1/questions/{question_id}/stop", { params: { path } }).catch(() => undefined);
    },
  };
}

export type Asking = ReturnType<typeof useAsk>;

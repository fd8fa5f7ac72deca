import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useReducer, useRef } from "react";
import { problemLog } from "@/lib/problems/log";
import { type AskEvent, advance, idle } from "./model/progress";
import { questionQuery } from "./queries";
import { ask } from "./stream";

/** Asks a question and follows it; the answer gets an address of its own. Leaving the page stops it. */
export function useAsk() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [progress, dispatch] = useReducer(advance, idle);
  const stopper = useRef<AbortController | null>(null);
  useEffect(() => () => stopper.current?.abort(), []);

  const tell = (event: AskEvent) => {
    dispatch(event);
    if (event.type === "failed") problemLog.add(event.error);
    if (event.type !== "answer") return;
    const { question } = event;
    client.setQueryData(questionQuery(question.id).queryKey, question);
    void client.invalidateQueries({ queryKey: ["questions", "list"] });
    void navigate({
      to: "/ask/$questionId",
      params: { questionId: question.id },
      search: (kept) => ({ ...kept, selected: undefined }),
    });
  };
  return {
    progress,
    start(text: string, itemId: string | null = null) {
      stopper.current?.abort();
      const mine = new AbortController();
      stopper.current = mine;
      dispatch({ type: "asked", text });
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      // A question that another one has replaced says no more.
      const hear = (event: AskEvent) => {
        if (stopper.current === mine) tell(event);
      };
      void ask({ text, time_zone: zone, item_id: itemId }, mine.signal, hear);
    },
    stop: () => stopper.current?.abort(),
  };
}

export type Asking = ReturnType<typeof useAsk>;

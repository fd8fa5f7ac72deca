import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { toast } from "@/components/toast/toast";
import { api, dataOf } from "@/lib/api/client";
import type { AlertAction, AlertBulk } from "@/lib/api/types";

export interface Act {
  ids: string[];
  action: AlertAction;
  comment?: string;
  assignee_id?: string | null;
}

/** One step for some alerts; what was refused is said, each with its reason. */
export function useAlertActs(onDone: (answer: AlertBulk) => void = () => undefined) {
  const { t } = useTranslation("alerts");
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ ids, action, comment = "", assignee_id = null }: Act) =>
      dataOf<AlertBulk>(api.POST("/api/v1/alerts/bulk", { body: { ids, action, comment, assignee_id } })),
    onSuccess: (answer) => {
      const why = [...new Set(answer.items.flatMap(({ detail }) => (detail == null ? [] : [detail])))];
      toast({
        tone: answer.refused === 0 ? "ok" : "warn",
        title: t("bulk.result", { done: answer.done, refused: answer.refused }),
        ...(why.length === 0 ? {} : { text: why.join(" ") }),
      });
      onDone(answer);
    },
    onError: (error) => void toast({ tone: "critical", title: t("bulk.failed"), text: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ["alerts"] }),
  });
}

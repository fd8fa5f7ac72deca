import { Button, Group, Stack, Textarea } from "@mantine/core";
import { IconCheck, IconUserCheck } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api } from "@/lib/api/client";
import type { AlertDetail } from "@/lib/api/types";

const paths = {
  acknowledge: "/api/v1/alerts/{alert_id}/acknowledge",
  resolve: "/api/v1/alerts/{alert_id}/resolve",
} as const;

/** Take it over or close it, with a word on why. */
export function AlertActions({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation("alerts");
  const client = useQueryClient();
  const [comment, setComment] = useState("");
  const act = useMutation({
    mutationFn: (what: keyof typeof paths) =>
      api.POST(paths[what], { params: { path: { alert_id: alert.id } }, body: { comment } }),
    onSuccess: () => {
      setComment("");
      return client.invalidateQueries({ queryKey: ["alerts"] });
    },
  });
  return (
    <Stack gap="xs">
      <Textarea
        aria-label={t("act.comment")}
        placeholder={t("act.comment")}
        autosize
        minRows={2}
        maxLength={2000}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      <Group gap="xs">
        {alert.state === "firing" ? (
          <Button
            leftSection={<IconUserCheck size={16} aria-hidden />}
            loading={act.isPending && act.variables === "acknowledge"}
            onClick={() => act.mutate("acknowledge")}
          >
            {t("act.acknowledge")}
          </Button>
        ) : null}
        <Button
          variant="default"
          leftSection={<IconCheck size={16} aria-hidden />}
          loading={act.isPending && act.variables === "resolve"}
          onClick={() => act.mutate("resolve")}
        >
          {t("act.resolve")}
        </Button>
      </Group>
      <ProblemNotice error={act.error} />
    </Stack>
  );
}

import { Button, Group, Stack, TextInput } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "@/components/brand/Card";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { Pairs } from "@/components/status/Pairs";
import { api, dataOf } from "@/lib/api/client";
import type { ApprovalQuestion } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";

/** What a link asks. Opening it decides nothing; a button does. */
export default function ApprovalPage() {
  const { t } = useTranslation("apis");
  const hash = useLocation({ select: (location) => location.hash });
  const token = new URLSearchParams(hash.replace(/^#/, "")).get("token") ?? "";
  const question = useQuery({
    queryKey: ["approval", token],
    queryFn: ({ signal }) =>
      dataOf<ApprovalQuestion>(api.POST("/api/v1/approval-links/question", { body: { token }, signal })),
    retry: false,
    refetchOnWindowFocus: false,
  });
  return (
    <Card title={t("approval.title")} text={question.data?.api_name ?? ""}>
      <StateView query={question} compact>
        {(asked) => <Answer asked={asked} token={token} />}
      </StateView>
    </Card>
  );
}

function Answer({ asked, token }: { asked: ApprovalQuestion; token: string }) {
  const { t, i18n } = useTranslation("apis");
  const [comment, setComment] = useState("");
  const decide = useMutation({
    mutationFn: (approve: boolean) =>
      dataOf<{ approved: boolean }>(
        api.POST("/api/v1/approval-links/decision", { body: { token, approve, comment } }),
      ),
  });
  if (decide.data !== undefined)
    return <p role="status">{decide.data.approved ? t("approval.approved") : t("approval.rejected")}</p>;
  const expires = asked.expires_at === null ? null : dateTime(new Date(asked.expires_at), i18n.language);
  return (
    <Stack gap="md">
      <strong>{asked.question}</strong>
      <Pairs
        pairs={[
          [t("approval.node"), asked.node],
          [t("wfRuns.askedBy"), asked.asked_by],
          [t("approval.expires"), expires],
        ]}
      />
      <TextInput
        label={t("wfRuns.comment")}
        maxLength={2000}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      <ProblemNotice error={decide.error} />
      <Group gap="sm">
        <Button
          leftSection={<IconCheck size={16} aria-hidden />}
          loading={decide.isPending}
          onClick={() => decide.mutate(true)}
        >
          {t("wfRuns.approve")}
        </Button>
        <Button
          variant="default"
          leftSection={<IconX size={16} aria-hidden />}
          disabled={decide.isPending}
          onClick={() => decide.mutate(false)}
        >
          {t("wfRuns.reject")}
        </Button>
      </Group>
    </Stack>
  );
}

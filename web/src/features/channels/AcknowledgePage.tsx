import { Button, Stack, TextInput } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "@/components/brand/Card";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { Pairs } from "@/components/status/Pairs";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { api, dataOf } from "@/lib/api/client";
import type { AcknowledgeQuestion } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";

/** The alert of a message's link. Opening it changes nothing; the button acknowledges. */
export default function AcknowledgePage() {
  const { t } = useTranslation("channels");
  const hash = useLocation({ select: (location) => location.hash });
  const token = new URLSearchParams(hash.replace(/^#/, "")).get("token") ?? "";
  const question = useQuery({
    queryKey: ["acknowledge", token],
    queryFn: ({ signal }) =>
      dataOf<AcknowledgeQuestion>(
        api.POST("/api/v1/acknowledge-links/question", { body: { token }, signal }),
      ),
    retry: false,
    refetchOnWindowFocus: false,
  });
  return (
    <Card title={t("ack.title")} text={question.data?.rule_name ?? ""}>
      <StateView query={question} compact>
        {(asked) => <Answer asked={asked} token={token} />}
      </StateView>
    </Card>
  );
}

function Answer({ asked, token }: { asked: AcknowledgeQuestion; token: string }) {
  const { t, i18n } = useTranslation("channels");
  const [comment, setComment] = useState("");
  const acknowledge = useMutation({
    mutationFn: () =>
      dataOf<AcknowledgeQuestion>(
        api.POST("/api/v1/acknowledge-links/acknowledge", { body: { token, comment } }),
      ),
  });
  const now = acknowledge.data ?? asked;
  const when = (at: string) => dateTime(new Date(at), i18n.language);
  return (
    <Stack gap="md">
      <strong>{now.title}</strong>
      <Pairs
        pairs={[
          [t("ack.severity"), <SeverityBadge key="severity" severity={now.severity} />],
          [t("ack.key"), now.key],
          [t("ack.since"), when(now.started_at)],
          [t("ack.expires"), now.open ? when(now.expires_at) : null],
        ]}
      />
      {now.open ? (
        <>
          <TextInput
            label={t("ack.comment")}
            maxLength={2000}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
          <ProblemNotice error={acknowledge.error} />
          <Button
            leftSection={<IconCheck size={16} aria-hidden />}
            loading={acknowledge.isPending}
            onClick={() => acknowledge.mutate()}
          >
            {t("ack.do")}
          </Button>
        </>
      ) : (
        <p role="status">
          {acknowledge.data === undefined ? t("ack.over", { state: now.state }) : t("ack.done")}
        </p>
      )}
    </Stack>
  );
}

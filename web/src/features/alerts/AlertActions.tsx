import { Button, Group, Select, Stack, Textarea } from "@mantine/core";
import { IconArrowBackUp, IconBellOff, IconCheck, IconMessage, IconUserCheck } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api } from "@/lib/api/client";
import type { AlertDetail } from "@/lib/api/types";
import { isOpen, sharedMatchers } from "./model/alerts";
import { peopleQuery } from "./queries";

const paths = {
  acknowledge: "/api/v1/alerts/{alert_id}/acknowledge",
  unacknowledge: "/api/v1/alerts/{alert_id}/unacknowledge",
  resolve: "/api/v1/alerts/{alert_id}/resolve",
  comment: "/api/v1/alerts/{alert_id}/comments",
} as const;

type What = keyof typeof paths;

const icons = {
  acknowledge: IconUserCheck,
  unacknowledge: IconArrowBackUp,
  resolve: IconCheck,
  comment: IconMessage,
};

function stepsOf(alert: AlertDetail): What[] {
  if (!isOpen(alert.state)) return ["comment"];
  return [alert.state === "firing" ? "acknowledge" : "unacknowledge", "resolve", "comment"];
}

/** Take it over, give it to somebody, close it or talk about it. */
export function AlertActions({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation("alerts");
  const client = useQueryClient();
  const [comment, setComment] = useState("");
  const act = useMutation({
    mutationFn: (what: What) =>
      api.POST(paths[what], { params: { path: { alert_id: alert.id } }, body: { comment } }),
    onSuccess: () => {
      setComment("");
      return client.invalidateQueries({ queryKey: ["alerts"] });
    },
  });
  return (
    <Stack gap="xs">
      {isOpen(alert.state) ? <Assignee alert={alert} /> : null}
      <Textarea
        aria-label={t("act.said")}
        placeholder={t("act.said")}
        autosize
        minRows={2}
        maxLength={2000}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      <Group gap="xs">
        {stepsOf(alert).map((what, index) => {
          const Icon = icons[what];
          return (
            <Button
              key={what}
              variant={index === 0 ? "filled" : "default"}
              size="compact-md"
              leftSection={<Icon size={16} aria-hidden />}
              loading={act.isPending && act.variables === what}
              disabled={what === "comment" && comment.trim() === ""}
              onClick={() => act.mutate(what)}
            >
              {t(`act.${what}`)}
            </Button>
          );
        })}
        {isOpen(alert.state) ? (
          <Button
            variant="default"
            size="compact-md"
            leftSection={<IconBellOff size={16} aria-hidden />}
            renderRoot={(props) => (
              <Link {...props} to="/silences" search={{ new: sharedMatchers([alert]) }} />
            )}
          >
            {t("act.silence")}
          </Button>
        ) : null}
      </Group>
      <ProblemNotice error={act.error} />
    </Stack>
  );
}

/** Who takes care of it; somebody else's change in between is not overwritten unseen. */
function Assignee({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation("alerts");
  const client = useQueryClient();
  const people = useQuery(peopleQuery);
  const assign = useMutation({
    mutationFn: (to: string | null) =>
      api.POST("/api/v1/alerts/{alert_id}/assign", {
        params: { path: { alert_id: alert.id }, header: { "if-match": `"${alert.revision}"` } },
        body: { assignee_id: to, comment: "" },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: ["alerts"] }),
  });
  return (
    <>
      <Select
        label={t("field.assignee")}
        placeholder={t("assign.nobody")}
        searchable
        clearable
        data={(people.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={alert.assignee_id}
        disabled={assign.isPending}
        onChange={(to) => assign.mutate(to)}
      />
      <ProblemNotice error={assign.error ?? people.error} />
    </>
  );
}

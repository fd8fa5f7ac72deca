import { Button, Group, TextInput } from "@mantine/core";
import { IconCheck, IconLink, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { WorkflowRun } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import styles from "../apis.module.css";
import { hasEnded } from "../model/node-runs";
import { useApprovalLink, useRunAct } from "./queries";

type Asking = WorkflowRun["nodes"][number];

/** What nodes of the run want to know from a person. */
export function Questions({ run, readOnly }: { run: WorkflowRun; readOnly: boolean }) {
  if (hasEnded(run.state)) return null;
  const asking = run.nodes.filter(({ state, asked }) => state === "waiting" && asked !== null);
  return asking.map((node) => (
    <Question
      key={node.node_id}
      runId={run.id}
      node={node}
      readOnly={readOnly}
      gives={givesLink(run, node.node_id)}
    />
  ));
}

/** Whether the drawing lets this node be decided by a link. */
function givesLink(run: WorkflowRun, id: string): boolean {
  const nodes = run.logic["nodes"];
  const found = Array.isArray(nodes) ? nodes.find((node: { id?: string }) => node.id === id) : undefined;
  return found !== undefined && (found.link ?? "nobody") !== "nobody";
}

interface Props {
  runId: string;
  node: Asking;
  readOnly: boolean;
  gives: boolean;
}

function Question({ runId, node, readOnly, gives }: Props) {
  const { t, i18n } = useTranslation("apis");
  const act = useRunAct(runId);
  const link = useApprovalLink(runId);
  const [comment, setComment] = useState("");
  const decide = (approve: boolean) => act.mutate({ do: "decide", node: node.node_id, approve, comment });
  return (
    <Panel
      title={t("wfRuns.waits", { name: node.node_id })}
      note={
        node.wake_at === null
          ? undefined
          : t("wfRuns.until", { time: dateTime(new Date(node.wake_at), i18n.language) })
      }
    >
      <div className={styles.inner}>
        <strong>{node.asked}</strong>
        {readOnly ? null : (
          <>
            <TextInput
              label={t("wfRuns.comment")}
              maxLength={2000}
              value={comment}
              onChange={(event) => setComment(event.currentTarget.value)}
            />
            <ProblemNotice error={act.error ?? link.error} />
            <Group gap="sm">
              <Button
                leftSection={<IconCheck size={16} aria-hidden />}
                loading={act.isPending}
                onClick={() => decide(true)}
              >
                {t("wfRuns.approve")}
              </Button>
              <Button
                variant="default"
                leftSection={<IconX size={16} aria-hidden />}
                disabled={act.isPending}
                onClick={() => decide(false)}
              >
                {t("wfRuns.reject")}
              </Button>
              {gives ? (
                <Button
                  variant="default"
                  leftSection={<IconLink size={16} aria-hidden />}
                  loading={link.isPending}
                  onClick={() => link.mutate(node.node_id)}
                >
                  {t("wfRuns.copyLink")}
                </Button>
              ) : null}
            </Group>
          </>
        )}
      </div>
    </Panel>
  );
}

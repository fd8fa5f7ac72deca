import { Button, Group, Stack, Textarea } from "@mantine/core";
import { IconCheck, IconGitMerge, IconMessage, IconRotate, IconUserCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { IncidentDetail, IncidentState, IncidentStep } from "@/lib/api/types";
import styles from "./incidents.module.css";
import { MergeDialog } from "./MergeDialog";
import { useIncidentActions } from "./queries";

const possible: Record<IncidentState, IncidentStep[]> = {
  open: ["acknowledge", "resolve", "comment"],
  acknowledged: ["resolve", "comment"],
  resolved: ["reopen", "comment"],
};

const icons = {
  acknowledge: IconUserCheck,
  resolve: IconCheck,
  reopen: IconRotate,
  comment: IconMessage,
} as const;

/** Take it, end it, open it again or say something, with a word on why. */
export function IncidentSteps({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const [comment, setComment] = useState("");
  const [merging, setMerging] = useState(false);
  const { step } = useIncidentActions(incident.id);
  const [first] = possible[incident.state];
  return (
    <Panel title={t("act.title")}>
      <Stack gap="xs" className={styles.inside}>
        <Textarea
          aria-label={t("act.say")}
          placeholder={t("act.say")}
          autosize
          minRows={2}
          maxLength={2000}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <Group gap="xs">
          {possible[incident.state].map((name) => {
            const Icon = icons[name];
            return (
              <Button
                key={name}
                variant={name === first ? "filled" : "default"}
                leftSection={<Icon size={16} aria-hidden />}
                disabled={name === "comment" && comment.trim() === ""}
                loading={step.isPending && step.variables.step === name}
                onClick={() => step.mutate({ step: name, comment }, { onSuccess: () => setComment("") })}
              >
                {t(`act.${name}`)}
              </Button>
            );
          })}
          <Button
            variant="default"
            leftSection={<IconGitMerge size={16} aria-hidden />}
            onClick={() => setMerging(true)}
          >
            {t("merge.button")}
          </Button>
        </Group>
        <ProblemNotice error={step.error} />
      </Stack>
      {merging ? <MergeDialog incident={incident} onClose={() => setMerging(false)} /> : null}
    </Panel>
  );
}

import { Button, Group } from "@mantine/core";
import { IconPin, IconPinnedOff, IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { isWhole } from "../model/node-runs";
import { useNodeTrials, usePinning, usePins } from "./trials";

/** Running from a node on, and holding what it gave. */
export function NodeTrial({ node, durable }: { node: string; durable: boolean }) {
  const { t } = useTranslation("apis");
  const trials = useNodeTrials();
  const pins = usePins(trials);
  const pinning = usePinning(trials?.apiId ?? "");
  if (trials === null || durable) return null;
  const run = trials.outcomes.get(node);
  const pinned = pins.some(({ node_id }) => node_id === node);
  const usable = run !== undefined && run.state === "succeeded" && isWhole(run.output);
  return (
    <>
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          loading={trials.busy}
          onClick={() => trials.startFrom(node)}
        >
          {t("workflow.runFrom")}
        </Button>
        {pinned ? (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPinnedOff size={14} aria-hidden />}
            loading={pinning.isPending}
            onClick={() => pinning.mutate({ node, run: null })}
          >
            {t("workflow.unpin")}
          </Button>
        ) : (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPin size={14} aria-hidden />}
            disabled={!usable}
            loading={pinning.isPending}
            onClick={() => run !== undefined && pinning.mutate({ node, run })}
          >
            {t("workflow.pin")}
          </Button>
        )}
      </Group>
      <ProblemNotice error={pinning.error} />
    </>
  );
}

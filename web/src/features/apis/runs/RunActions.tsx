import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { WorkflowRun } from "@/lib/api/types";
import { hasEnded } from "../model/node-runs";
import { useRunAct } from "./queries";

interface Props {
  run: WorkflowRun;
  /** The chosen node: the run can be repeated from there. */
  node: string | undefined;
}

/** End it, or go on with it. */
export function RunActions({ run, node }: Props) {
  const { t } = useTranslation("apis");
  const [asked, confirm] = useDisclosure(false);
  const retry = useRunAct(run.id);
  const cancel = useRunAct(run.id);
  const ended = hasEnded(run.state);
  return (
    <>
      <ProblemNotice error={retry.error} />
      {ended && node !== undefined ? (
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={retry.isPending}
          onClick={() => retry.mutate({ do: "retry", from: node })}
        >
          {t("wfRuns.retryFrom")}
        </Button>
      ) : null}
      {run.state === "failed" || run.state === "cancelled" ? (
        <Button
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={retry.isPending}
          onClick={() => retry.mutate({ do: "retry", from: null })}
        >
          {t("wfRuns.retry")}
        </Button>
      ) : null}
      {ended ? null : (
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={16} aria-hidden />}
          disabled={run.cancel_asked}
          onClick={confirm.open}
        >
          {t("wfRuns.cancel")}
        </Button>
      )}
      <ConfirmDanger
        opened={asked}
        title={t("wfRuns.cancelTitle")}
        impact={t("wfRuns.cancelImpact")}
        confirmLabel={t("wfRuns.cancel")}
        busy={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate({ do: "cancel" }, { onSuccess: confirm.close })}
        onClose={confirm.close}
      />
    </>
  );
}

import { Button, Checkbox, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { toast } from "@/components/toast/toast";
import type { AssetDetail, AssetImpact } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import { ImpactShown } from "./ImpactShown";
import { impactQuery, type StepName } from "./queries";
import { takeStep } from "./steps";

export interface Step {
  action: StepName;
  /** The version to roll back to. */
  version: number | null;
}

interface Props {
  asset: AssetDetail;
  step: Step | null;
  onClose(): void;
}

/** A step of an asset's life: what it would change for others comes first, then the button. */
export function StepDialog({ asset, step, onClose }: Props) {
  const { t } = useTranslation("assets");
  return (
    <Modal
      opened={step !== null}
      onClose={onClose}
      size="lg"
      title={
        step === null ? "" : t(`step.${step.action}.title`, { name: asset.name, version: step.version ?? 0 })
      }
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      {step === null ? null : <Looked asset={asset} step={step} onClose={onClose} />}
    </Modal>
  );
}

function Looked({ asset, step, onClose }: Props & { step: Step }) {
  const impact = useQuery(impactQuery(asset.id, step.action, step.version));
  return (
    <StateView query={impact} compact>
      {(found) => <Body asset={asset} step={step} impact={found} onClose={onClose} />}
    </StateView>
  );
}

interface BodyProps extends Props {
  step: Step;
  impact: AssetImpact;
}

function Body({ asset, step, impact, onClose }: BodyProps) {
  const { t } = useTranslation("assets");
  const may = useMay();
  const client = useQueryClient();
  const [comment, setComment] = useState("");
  const [force, setForce] = useState(false);
  const [typed, setTyped] = useState("");
  const forceable = impact.code === "breaks_dependants" && may("assets.force");
  const severe = step.action === "archive" || force;
  const ready = (impact.allowed || (forceable && force)) && (!severe || typed.trim() === asset.name);
  const run = useMutation({
    mutationFn: () => takeStep(asset.id, step, { comment: comment.trim(), force }),
    onSuccess: () => {
      onClose();
      void toast({
        tone: "ok",
        title: t(`step.${step.action}.done`, { name: asset.name, version: step.version ?? 0 }),
      });
    },
    // After a refusal the impact is another than the one shown.
    onSettled: () => client.invalidateQueries({ queryKey: ["assets"] }),
  });
  return (
    <ImeForm
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !run.isPending) run.mutate();
      }}
    >
      <Stack gap="md">
        <ImpactShown asset={asset} step={step} impact={impact} />
        {impact.code === "review_needed" ? <ToReviews onClose={onClose} /> : null}
        {forceable ? (
          <Checkbox
            label={t("step.force")}
            description={t("step.forceText")}
            checked={force}
            onChange={(event) => setForce(event.currentTarget.checked)}
          />
        ) : null}
        <TextInput
          label={t("step.comment")}
          maxLength={1000}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
          data-autofocus
        />
        {severe ? (
          <TextInput
            label={t("common:confirm.type", { name: asset.name })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
          />
        ) : null}
        <ProblemNotice error={run.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common:action.cancel")}
          </Button>
          <Button
            type="submit"
            disabled={!ready}
            loading={run.isPending}
            {...(severe ? { color: "danger" } : {})}
          >
            {t(`step.${step.action}.do`)}
          </Button>
        </Group>
      </Stack>
    </ImeForm>
  );
}

/** The way to what is missing. */
function ToReviews({ onClose }: { onClose(): void }) {
  const { t } = useTranslation("assets");
  const navigate = useNavigate();
  return (
    <Button
      variant="default"
      onClick={() => {
        onClose();
        void navigate({ to: ".", search: (kept) => ({ ...kept, tab: "reviews" }) });
      }}
    >
      {t("reviews.ask")}
    </Button>
  );
}

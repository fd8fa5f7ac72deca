import { Button, Checkbox, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AssetImpact } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import { ImeForm } from "../input/ImeForm";
import { ProblemNotice } from "../state/ProblemNotice";
import { StateView } from "../state/StateView";
import { toast } from "../toast/toast";
import { ImpactShown } from "./ImpactShown";
import { impactQuery, type Step, type Stepping, takeStep } from "./steps";

interface Props {
  asset: Stepping;
  step: Step | null;
  /** What else is to be read anew: first parts of query keys. */
  also?: readonly string[];
  /** What the kind has to say about the step. */
  note?: ReactNode;
  onDone?: () => void;
  onClose(): void;
}

/** A step of an asset's life: what it would change for others comes first, then the button. */
export function StepDialog(props: Props) {
  const { asset, step, onClose } = props;
  const { t } = useTranslation("lifecycle");
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
      {step === null ? null : <Looked {...props} step={step} />}
    </Modal>
  );
}

function Looked(props: Props & { step: Step }) {
  const impact = useQuery(impactQuery(props.asset.id, props.step));
  return (
    <StateView query={impact} compact>
      {(found) => <Body {...props} impact={found} />}
    </StateView>
  );
}

interface BodyProps extends Props {
  step: Step;
  impact: AssetImpact;
}

function Body({ asset, step, impact, also = [], note, onDone, onClose }: BodyProps) {
  const { t } = useTranslation("lifecycle");
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
      onDone?.();
      void toast({
        tone: "ok",
        title: t(`step.${step.action}.done`, { name: asset.name, version: step.version ?? 0 }),
      });
    },
    // After a refusal the impact is another than the one shown.
    onSettled: () =>
      Promise.all(["assets", ...also].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <ImeForm
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !run.isPending) run.mutate();
      }}
    >
      <Stack gap="md">
        {note}
        <ImpactShown asset={asset} step={step} impact={impact} />
        {impact.code === "review_needed" ? <ToReviews id={asset.id} onClose={onClose} /> : null}
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
function ToReviews({ id, onClose }: { id: string; onClose(): void }) {
  const { t } = useTranslation("lifecycle");
  const navigate = useNavigate();
  return (
    <Button
      variant="default"
      onClick={() => {
        onClose();
        void navigate({ to: "/assets/$assetId", params: { assetId: id }, search: { tab: "reviews" } });
      }}
    >
      {t("step.ask")}
    </Button>
  );
}

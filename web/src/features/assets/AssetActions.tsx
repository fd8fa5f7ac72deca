import { ActionIcon, Button } from "@mantine/core";
import { IconArchive, IconArchiveOff, IconDots, IconPlayerStop, IconRocket } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SaveStateLine } from "@/components/draft/SaveStateLine";
import { UndoButtons } from "@/components/draft/UndoButtons";
import type { DraftEditing } from "@/components/draft/use-draft";
import { StepDialog } from "@/components/lifecycle/StepDialog";
import type { Step } from "@/components/lifecycle/steps";
import { PickMenu } from "@/components/menu/PickMenu";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { toast } from "@/components/toast/toast";
import { api } from "@/lib/api/client";
import type { AssetDetail } from "@/lib/api/types";

interface Props {
  asset: AssetDetail;
  editing: DraftEditing;
}

/** Undo, the state of the draft, and the steps of its life. Each step says first what it would change for others. */
export function AssetActions({ asset, editing }: Props) {
  const { t } = useTranslation("assets");
  const [step, setStep] = useState<Step | null>(null);
  if (!asset.can_write) return null;
  if (asset.state === "archived") return <Restore asset={asset} />;
  return (
    <>
      <SaveStateLine editing={editing} />
      <UndoButtons editing={editing} />
      <More asset={asset} onStep={setStep} />
      <Button
        leftSection={<IconRocket size={16} aria-hidden />}
        disabled={!asset.draft_differs && !editing.dirty && asset.published_version !== null}
        onClick={() => {
          void editing.flush().then((saved) => {
            if (saved) setStep({ action: "publish", version: null });
          });
        }}
      >
        {t("lifecycle:step.publish.do")}
      </Button>
      <StepDialog asset={asset} step={step} onClose={() => setStep(null)} />
    </>
  );
}

function More({ asset, onStep }: { asset: AssetDetail; onStep(step: Step): void }) {
  const { t } = useTranslation("assets");
  const items = [
    { key: "unpublish", icon: IconPlayerStop, fits: asset.published_version !== null },
    { key: "archive", icon: IconArchive, fits: !asset.protected },
  ] as const;
  const fitting = items.filter(({ fits }) => fits);
  if (fitting.length === 0) return null;
  return (
    <PickMenu
      label={t("step.more")}
      trigger={(props) => (
        <ActionIcon {...props} variant="default" size="lg" aria-label={t("step.more")}>
          <IconDots size={17} aria-hidden />
        </ActionIcon>
      )}
      items={fitting.map(({ key, icon }) => ({
        key,
        icon,
        label: t(`lifecycle:step.${key}.do`),
        onPick: () => onStep({ action: key, version: null }),
      }))}
    />
  );
}

/** Nobody can notice a restored draft, so there is nothing to ask about. */
function Restore({ asset }: { asset: AssetDetail }) {
  const { t } = useTranslation("assets");
  const client = useQueryClient();
  const restore = useMutation({
    mutationFn: () =>
      api.POST("/api/v1/assets/{asset_id}/restore", { params: { path: { asset_id: asset.id } } }),
    onSuccess: () => {
      void toast({ tone: "ok", title: t("step.restored", { name: asset.name }) });
      return client.invalidateQueries({ queryKey: ["assets"] });
    },
  });
  return (
    <>
      <ProblemNotice error={restore.error} />
      <Button
        leftSection={<IconArchiveOff size={16} aria-hidden />}
        loading={restore.isPending}
        onClick={() => restore.mutate()}
      >
        {t("step.restore")}
      </Button>
    </>
  );
}

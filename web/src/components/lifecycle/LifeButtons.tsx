import { Button } from "@mantine/core";
import { IconArchive, IconPlayerStop, IconRocket } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { StepDialog } from "./StepDialog";
import type { Step, StepName, Stepping } from "./steps";

interface Props {
  asset: Stepping;
  /** What else is to be read anew afterwards: first parts of query keys. */
  also: readonly string[];
  /** What the kind has to say about a step, beside what it would change for other assets. */
  notes?: Partial<Record<StepName, ReactNode>>;
  /** What is on screen is saved first; nothing is published if that fails. */
  flush?: () => Promise<boolean>;
  onArchived(): void;
  /** Stands before the button that publishes. */
  children?: ReactNode;
}

/** The steps of an asset's life on a page of its kind, in one way for every kind: what a step would change comes first. */
export function LifeButtons({ asset, also, notes, flush, onArchived, children }: Props) {
  const { t } = useTranslation("lifecycle");
  const [step, setStep] = useState<Step | null>(null);
  const begin = (action: StepName) => setStep({ action, version: null });
  const publish = async () => {
    if (flush === undefined || (await flush())) begin("publish");
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconArchive size={16} aria-hidden />}
        onClick={() => begin("archive")}
      >
        {t("step.archive.do")}
      </Button>
      {asset.published_version === null ? null : (
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={16} aria-hidden />}
          onClick={() => begin("unpublish")}
        >
          {t("step.unpublish.do")}
        </Button>
      )}
      {children}
      <Button leftSection={<IconRocket size={16} aria-hidden />} onClick={() => void publish()}>
        {t("step.publish.do")}
      </Button>
      <StepDialog
        asset={asset}
        step={step}
        also={also}
        note={step === null ? null : notes?.[step.action]}
        onDone={() => {
          if (step?.action === "archive") onArchived();
        }}
        onClose={() => setStep(null)}
      />
    </>
  );
}

import { Button } from "@mantine/core";
import { IconRocket } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Asset } from "@/lib/api/types";
import { StepDialog } from "./StepDialog";
import type { Step } from "./steps";

type Publishable = Pick<
  Asset,
  "id" | "name" | "state" | "published_version" | "draft_differs" | "draft_revision"
>;

interface Props {
  asset: Publishable;
  /** What else is to be read anew afterwards: first parts of query keys. */
  also?: readonly string[];
  /** Something is typed that is not saved yet: saved first, and nothing is published if that fails. */
  dirty?: boolean;
  flush?: () => Promise<boolean>;
}

/** Publishes a draft from a page of its kind; who uses it and what would break is said first. */
export function PublishButton({ asset, also = [], dirty = false, flush }: Props) {
  const { t } = useTranslation("lifecycle");
  const [step, setStep] = useState<Step | null>(null);
  const open = async () => {
    if (flush === undefined || (await flush())) setStep({ action: "publish", version: null });
  };
  return (
    <>
      <Button
        leftSection={<IconRocket size={16} aria-hidden />}
        disabled={!asset.draft_differs && !dirty && asset.published_version !== null}
        onClick={() => void open()}
      >
        {t("step.publish.do")}
      </Button>
      <StepDialog asset={asset} step={step} also={also} onClose={() => setStep(null)} />
    </>
  );
}

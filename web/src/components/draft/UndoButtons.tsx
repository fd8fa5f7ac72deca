import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Step } from "@/lib/undo/undo";

interface Props {
  editing: {
    history: { past: readonly Step<unknown>[]; future: readonly Step<unknown>[] };
    undo(): void;
    redo(): void;
  };
}

/** Back and forth through what was edited, each button with what it would take back. */
export function UndoButtons({ editing }: Props) {
  const { t } = useTranslation("assets");
  const { past, future } = editing.history;
  const buttons = [
    { key: "undo", icon: IconArrowBackUp, step: past.at(-1), run: editing.undo },
    { key: "redo", icon: IconArrowForwardUp, step: future[0], run: editing.redo },
  ] as const;
  return buttons.map(({ key, icon: Icon, step, run }) => {
    const label = step === undefined ? t(`undo.${key}`) : t(`undo.${key}Of`, { what: step.label });
    return (
      <Tooltip key={key} label={label}>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={label}
          disabled={step === undefined}
          onClick={run}
        >
          <Icon size={17} aria-hidden />
        </ActionIcon>
      </Tooltip>
    );
  });
}

import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** Takes a part out of the drawing; `name` says which. */
export function RemovePart({ name, onRemove }: { name: string; onRemove(): void }) {
  const { t } = useTranslation("apis");
  return (
    <ActionIcon size="sm" variant="subtle" aria-label={t("builder.remove", { name })} onClick={onRemove}>
      <IconX size={14} aria-hidden />
    </ActionIcon>
  );
}

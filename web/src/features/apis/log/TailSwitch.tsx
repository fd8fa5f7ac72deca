import { Button } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

interface Props {
  live: boolean;
  /** The page's range ends in the past: nothing can come in. */
  fixed: boolean;
  onChange(live: boolean): void;
}

/** Follows the log as calls come in, or holds it still while somebody reads. */
export function TailSwitch({ live, fixed, onChange }: Props) {
  const { t } = useTranslation("apilog");
  const Icon = live ? IconPlayerPause : IconPlayerPlay;
  return (
    <Button
      variant="default"
      size="xs"
      disabled={fixed}
      aria-pressed={live}
      leftSection={<Icon size={14} aria-hidden />}
      onClick={() => onChange(!live)}
    >
      {live ? t("tail.pause") : t("tail.go")}
    </Button>
  );
}

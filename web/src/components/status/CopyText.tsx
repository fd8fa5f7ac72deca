import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import styles from "./status.module.css";

/** An id or a secret that one click copies. */
export function CopyText({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation("common");
  const clipboard = useClipboard({ timeout: 1500 });
  const Icon = clipboard.copied ? IconCheck : IconCopy;
  return (
    <button
      type="button"
      className={styles.copy}
      title={clipboard.copied ? t("action.copied") : t("action.copy")}
      aria-label={`${t("action.copy")}: ${label ?? text}`}
      onClick={() => clipboard.copy(text)}
    >
      <span>{label ?? text}</span>
      <Icon size={13} aria-hidden />
    </button>
  );
}

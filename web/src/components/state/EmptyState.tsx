import {
  IconCircleCheck,
  IconFilterOff,
  IconLock,
  IconPlugConnectedX,
  IconSparkles,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Tone, toneColor, toneSoft } from "@/theme/status";
import styles from "./state.module.css";

/** Five different reasons for an empty place; the user does something else about each. */
export type EmptyKind = "nothing" | "filtered" | "healthy" | "denied" | "failed";

const looks: Record<EmptyKind, { icon: typeof IconLock; tone: Tone }> = {
  nothing: { icon: IconSparkles, tone: "info" },
  filtered: { icon: IconFilterOff, tone: "idle" },
  healthy: { icon: IconCircleCheck, tone: "ok" },
  denied: { icon: IconLock, tone: "idle" },
  failed: { icon: IconPlugConnectedX, tone: "critical" },
};

interface Props {
  kind: EmptyKind;
  /** Say what is missing and why; without them the kind speaks for itself. */
  title?: string;
  text?: string;
  /** The next step: a button or a link. */
  action?: ReactNode;
  compact?: boolean;
  children?: ReactNode;
}

export function EmptyState({ kind, title, text, action, compact = false, children }: Props) {
  const { t } = useTranslation("common");
  const { icon: Icon, tone } = looks[kind];
  return (
    <div
      className={styles.box}
      data-state={kind}
      data-compact={compact || undefined}
      role={kind === "failed" ? "alert" : undefined}
    >
      <span className={styles.mark} style={{ color: toneColor(tone), background: toneSoft(tone) }}>
        <Icon size={22} stroke={1.7} aria-hidden />
      </span>
      <p className={styles.title}>{title ?? t(`state.${kind}.title`)}</p>
      <p className={styles.text}>{text ?? t(`state.${kind}.text`)}</p>
      {children}
      {action}
    </div>
  );
}

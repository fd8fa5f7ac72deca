import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconInfoCircle,
} from "@tabler/icons-react";
import { type Tone, toneColor, toneSoft } from "@/theme/status";
import styles from "./status.module.css";

const icons: Record<Tone, typeof IconInfoCircle> = {
  ok: IconCircleCheck,
  warn: IconAlertTriangle,
  critical: IconAlertOctagon,
  info: IconInfoCircle,
  idle: IconCircleDashed,
};

interface Props {
  tone: Tone;
  /** The word; a colour alone says nothing. */
  label: string;
  plain?: boolean;
}

export function StatusBadge({ tone, label, plain = false }: Props) {
  const Icon = icons[tone];
  return (
    <span
      className={styles.badge}
      data-tone={tone}
      data-plain={plain || undefined}
      style={{ color: toneColor(tone), background: plain ? undefined : toneSoft(tone) }}
    >
      <Icon size={14} stroke={2} aria-hidden />
      {label}
    </span>
  );
}

import { useTranslation } from "react-i18next";
import type { Tone } from "@/theme/status";
import { StatusBadge } from "./StatusBadge";

const tones: Record<string, Tone> = {
  critical: "critical",
  fatal: "critical",
  error: "critical",
  warning: "warn",
  warn: "warn",
  info: "info",
  notice: "info",
  debug: "idle",
};

/** How grave an alert or an event is. Sources send other words too: those are shown as they came. */
export function SeverityBadge({ severity, plain = false }: { severity: string | null; plain?: boolean }) {
  const { t } = useTranslation("common");
  const key = severity ?? "none";
  const known = severity === null || key in tones;
  return <StatusBadge plain={plain} tone={tones[key] ?? "idle"} label={known ? t(`severity.${key}`) : key} />;
}

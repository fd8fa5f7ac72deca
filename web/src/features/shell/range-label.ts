import { useTranslation } from "react-i18next";
import { shortTime } from "@/lib/format/times";
import { lastOf, resolve, type TimeRange } from "@/lib/time/range";

/** A range in words: "Last 15 minutes", or its two ends. */
export function useRangeLabel(): (range: TimeRange) => string {
  const { t, i18n } = useTranslation("shell");
  return (range) => {
    const last = lastOf(range);
    if (last !== null) return t(`range.last.${last.unit}`, { count: last.amount });
    const now = new Date();
    const { from, to } = resolve(range, now);
    return `${shortTime(from, now, i18n.language)} – ${shortTime(to, now, i18n.language)}`;
  };
}

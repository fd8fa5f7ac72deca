import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { age, dateTime } from "@/lib/format/times";
import { useNow } from "@/lib/time/now";

/** An age that ticks, with the exact instant on hover and for machines. */
export function TimeAgo({ at }: { at: Date | string }) {
  const { i18n } = useTranslation();
  const now = useNow();
  const instant = typeof at === "string" ? new Date(at) : at;
  // The clock ticks once a second: what arrived since the last tick is "now", not in the future.
  const shown = instant > now && instant.getTime() - now.getTime() < 2000 ? now : instant;
  return (
    <Tooltip label={dateTime(instant, i18n.language)}>
      <time className="num" dateTime={instant.toISOString()}>
        {age(shown, now, i18n.language)}
      </time>
    </Tooltip>
  );
}

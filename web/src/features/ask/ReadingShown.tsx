import { useTranslation } from "react-i18next";
import { Pairs } from "@/components/status/Pairs";
import { dateTime } from "@/lib/format/times";
import type { Reading } from "./model/answer";

/** How the question was understood, so that a misreading is seen before its answer is believed. */
export function ReadingShown({ reading }: { reading: Reading }) {
  const { t, i18n } = useTranslation("ask");
  const time = (text: string) => dateTime(new Date(text), i18n.language);
  const { intent, items, metrics, windows } = reading;
  return (
    <Pairs
      pairs={[
        [t("reading.intent"), t(`intent.${intent}`)],
        [t("reading.items"), items.length === 0 ? t("reading.allItems") : items.join(", ")],
        ...(metrics.length === 0
          ? []
          : [
              [t("reading.metrics"), <code key="metrics">{metrics.join(", ")}</code>] as [
                string,
                React.ReactNode,
              ],
            ]),
        ...(windows.length === 0
          ? []
          : [
              [
                t("reading.time"),
                <span key="time" className="num">
                  {windows.map(({ start, end }) => `${time(start)} – ${time(end)}`).join("; ")}
                </span>,
              ] as [string, React.ReactNode],
            ]),
      ]}
    />
  );
}

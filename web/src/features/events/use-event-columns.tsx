import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { columnsOf } from "@/components/table/columns";
import type { EventRow } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { summaryOf } from "./model";

const column = columnsOf<EventRow>();

/** The columns of a list of events, stable as long as the language is. */
export function useEventColumns() {
  const { t, i18n } = useTranslation("events");
  return useMemo(
    () =>
      column.columns([
        column.accessor("time", {
          header: t("field.time"),
          meta: { width: 180 },
          cell: ({ getValue }) => (
            <span className="num">{dateTime(new Date(getValue()), i18n.language)}</span>
          ),
        }),
        column.accessor("severity", {
          header: t("field.severity"),
          meta: { width: 110 },
          cell: ({ getValue }) => <SeverityBadge severity={getValue()} />,
        }),
        column.accessor("type", {
          header: t("field.type"),
          cell: ({ getValue }) => <code>{getValue()}</code>,
        }),
        column.accessor("subject", { header: t("field.subject"), cell: ({ getValue }) => getValue() ?? "–" }),
        column.accessor("data", {
          header: t("field.summary"),
          cell: ({ getValue }) => summaryOf(getValue()),
        }),
        column.accessor("source", { header: t("field.source") }),
      ]),
    [t, i18n.language],
  );
}

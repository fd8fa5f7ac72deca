import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Facets } from "@/components/list/Facets";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { columnsOf } from "@/components/table/columns";
import type { EventRow } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useTimeRange } from "@/lib/time/use-range";
import { EventDetails } from "./EventDetails";
import { fromLevel, type Level, levels, readLevel, summaryOf } from "./model";
import { useEvents } from "./queries";

const column = columnsOf<EventRow>();

interface Filters {
  level?: Level | undefined;
  q?: string | undefined;
}

export default function EventsPage() {
  const { t } = useTranslation("events");
  const { filters, set } = useFilters<Filters>();
  const { range, refetchInterval } = useTimeRange();
  const level = readLevel(filters.level);
  const { q } = filters;
  useLiveRefresh("events", ["events"], 1000, refetchInterval !== false);
  const events = useEvents({ q, severities: fromLevel(level), range });
  const { selected, select, clear } = useSelection();
  const chosen = events.data?.find(({ id }) => id === selected);
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} />}>
      <ListPanel
        label={t("title")}
        query={events}
        columns={useEventColumns()}
        search={{ label: t("search"), text: q, onSearch: (text) => set({ q: text }) }}
        tools={
          <Facets
            label={t("level.label")}
            chosen={[level]}
            onChoose={(value) => set({ level: value === "all" ? undefined : readLevel(value) })}
            options={levels.map((value) => ({ value, label: t(`level.${value}`) }))}
          />
        }
        filtered={level !== "all" || q !== undefined}
        nothing={<EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} />}
        filteredOut={<EmptyState kind="filtered" title={t("filtered.title")} text={t("filtered.text")} />}
        selectedId={selected}
        onOpen={openSelected(select)}
      />
      {chosen === undefined ? null : <EventDetails key={chosen.id} event={chosen} onClose={clear} />}
    </Page>
  );
}

function useEventColumns() {
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

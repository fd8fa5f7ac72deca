import { SegmentedControl } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { SearchInput } from "@/components/input/SearchInput";
import { Page, PageHeader, Toolbar } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { EventRow } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useTimeRange } from "@/lib/time/use-range";
import { EventDetails } from "./EventDetails";
import { fromLevel, type Level, levels, readLevel, summaryOf } from "./model";
import { useEvents } from "./queries";

const column = columnsOf<EventRow>();

interface Search {
  level?: Level | undefined;
  q?: string | undefined;
}

export default function EventsPage() {
  const { t } = useTranslation("events");
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const { range, refetchInterval } = useTimeRange();
  const level = readLevel(search.level);
  const { q } = search;
  useLiveRefresh("events", ["events"], 1000, refetchInterval !== false);
  const events = useEvents({ q, severities: fromLevel(level), range });
  const { selected, select, clear } = useSelection();
  const columns = useEventColumns();
  const chosen = events.data?.find(({ id }) => id === selected);
  const set = (change: Search) => void navigate({ to: ".", search: (kept) => ({ ...kept, ...change }) });
  const filtered = level !== "all" || q !== undefined;
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} />}>
      <Toolbar>
        <SegmentedControl
          aria-label={t("level.label")}
          size="xs"
          value={level}
          onChange={(value) => set({ level: value === "all" ? undefined : readLevel(value) })}
          data={levels.map((value) => ({ value, label: t(`level.${value}`) }))}
        />
        <SearchInput
          key={q ?? ""}
          value={q ?? ""}
          label={t("search")}
          onSearch={(text) => set({ q: text === "" ? undefined : text })}
        />
      </Toolbar>
      <Panel fill>
        <StateView
          query={events}
          isEmpty={(rows) => rows.length === 0}
          empty={
            filtered ? (
              <EmptyState kind="filtered" title={t("filtered.title")} text={t("filtered.text")} />
            ) : (
              <EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} />
            )
          }
        >
          {(rows) => (
            <DataTable
              label={t("title")}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              selectedId={selected}
              onOpen={openSelected(select)}
              paging={events}
            />
          )}
        </StateView>
      </Panel>
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

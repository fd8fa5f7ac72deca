import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import type { EventTypeListed } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { EventTabs } from "./EventTabs";
import { typesQuery } from "./queries";
import { TypeDetails } from "./TypeDetails";

type TypeRow = EventTypeListed & { id: string };
const column = columnsOf<TypeRow>();

/** The types that were seen, and what their events are made of. */
export default function TypesPage() {
  const { t } = useTranslation("events");
  const { filters, set } = useFilters<{ q?: string | undefined }>();
  const { q } = filters;
  useLiveRefresh("events", ["event-types"], 3000);
  const found = useQuery(typesQuery);
  const rows = useMemo(
    () => found.data?.filter(({ type }) => type.toLowerCase().includes((q ?? "").toLowerCase())),
    [found.data, q],
  );
  const { selected, select, clear } = useSelection();
  const query = {
    ...found,
    data: rows,
    hasNextPage: false,
    isFetchingNextPage: false,
    fetchNextPage: () => undefined,
  };
  return (
    <Page fill header={<PageHeader title={t("types.title")} text={t("types.text")} />}>
      <EventTabs />
      <ListPanel
        label={t("types.title")}
        query={query}
        columns={useTypeColumns()}
        search={{ label: t("types.search"), text: q, onSearch: (text) => set({ q: text }) }}
        filtered={q !== undefined}
        nothing={<EmptyState kind="nothing" title={t("types.none.title")} text={t("types.none.text")} />}
        selectedId={selected}
        onOpen={openSelected(select)}
      />
      {selected === undefined ? null : <TypeDetails key={selected} type={selected} onClose={clear} />}
    </Page>
  );
}

function useTypeColumns() {
  const { t, i18n } = useTranslation("events");
  return useMemo(
    () =>
      column.columns([
        column.accessor("type", {
          header: t("field.type"),
          cell: ({ getValue }) => <code>{getValue()}</code>,
        }),
        column.accessor("events", {
          header: t("types.events"),
          meta: { width: 110 },
          cell: ({ getValue }) => <span className="num">{getValue().toLocaleString(i18n.language)}</span>,
        }),
        column.accessor("fields", {
          header: t("types.fields"),
          meta: { width: 90 },
          cell: ({ getValue }) => <span className="num">{getValue()}</span>,
        }),
        column.accessor("sources", {
          header: t("field.source"),
          cell: ({ getValue }) =>
            getValue()
              .map(({ value }) => value)
              .join(", "),
        }),
        column.accessor("last_seen", {
          header: t("types.lastSeen"),
          meta: { width: 140 },
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
      ]),
    [t, i18n.language],
  );
}

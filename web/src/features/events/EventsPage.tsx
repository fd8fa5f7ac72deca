import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useTimeRange } from "@/lib/time/use-range";
import { Conditions } from "./Conditions";
import { EventDetails } from "./EventDetails";
import { EventFacets } from "./EventFacets";
import { EventTabs } from "./EventTabs";
import styles from "./events.module.css";
import { addressOf, type EventFilters, isFiltered, readEventFilters, toQuery } from "./filters";
import { Histogram } from "./Histogram";
import { summaryQuery, useEvents } from "./queries";
import { TailPanel } from "./TailPanel";
import { useEventColumns } from "./use-event-columns";

type Search = EventFilters & { live?: boolean | undefined };

/** What systems have reported: when, what, from whom; narrowed by field, followed as it comes, taken away as a file. */
export default function EventsPage() {
  const { t } = useTranslation("events");
  const { filters: found, set } = useFilters<Search>();
  const filters = readEventFilters({ ...found });
  const { range, refetchInterval, setRange } = useTimeRange();
  const live = found.live === true;
  const summary = useQuery(summaryQuery(filters, range, refetchInterval === false ? false : 15_000));
  const columns = useEventColumns();
  const narrow = (condition: string) => set({ where: [...new Set([...(filters.where ?? []), condition])] });
  const toggle = (
    <Button
      size="xs"
      variant={live ? "filled" : "default"}
      aria-pressed={live}
      onClick={() => set({ live: live ? undefined : true })}
    >
      {t("tail.follow")}
    </Button>
  );
  const header = <PageHeader title={t("title")} text={t("text")} actions={<Exports filters={filters} />} />;
  if (live)
    return (
      <Page fill header={header}>
        <EventTabs />
        <Conditions filters={filters} onChange={set} />
        <TailPanel
          key={JSON.stringify(filters)}
          filters={filters}
          columns={columns}
          toggle={toggle}
          onNarrow={narrow}
        />
      </Page>
    );
  return (
    <Page fill header={header}>
      <EventTabs />
      <Histogram summary={summary.data} onRange={setRange} />
      <Conditions filters={filters} onChange={set} />
      <Listed
        filters={filters}
        columns={columns}
        tools={toggle}
        aside={<EventFacets summary={summary.data} filters={filters} onChange={set} />}
        onSearch={(q) => set({ q })}
        onNarrow={narrow}
      />
    </Page>
  );
}

interface ListedProps {
  filters: EventFilters;
  columns: ReturnType<typeof useEventColumns>;
  tools: React.ReactNode;
  aside: React.ReactNode;
  onSearch(text: string | undefined): void;
  onNarrow(condition: string): void;
}

function Listed({ filters, columns, tools, aside, onSearch, onNarrow }: ListedProps) {
  const { t } = useTranslation("events");
  const { range, refetchInterval } = useTimeRange();
  useLiveRefresh("events", ["events"], 1000, refetchInterval !== false);
  const events = useEvents(filters, range);
  const { selected, select, clear } = useSelection();
  const chosen = events.data?.find(({ id }) => id === selected);
  return (
    <>
      <ListPanel
        label={t("title")}
        query={events}
        columns={columns}
        search={{ label: t("search"), text: filters.q, onSearch }}
        tools={tools}
        aside={chosen === undefined ? aside : undefined}
        filtered={isFiltered(filters)}
        nothing={<EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} />}
        filteredOut={<EmptyState kind="filtered" title={t("filtered.title")} text={t("filtered.text")} />}
        selectedId={selected}
        onOpen={openSelected(select)}
      />
      {chosen === undefined ? null : (
        <EventDetails key={chosen.id} event={chosen} onNarrow={onNarrow} onClose={clear} />
      )}
    </>
  );
}

function Exports({ filters }: { filters: EventFilters }) {
  const { t } = useTranslation("events");
  const { range } = useTimeRange();
  const query = toQuery(filters, range, new Date());
  return (
    <span className={styles.exports}>
      {(["csv", "ndjson"] as const).map((format) => (
        <Button
          key={format}
          component="a"
          href={addressOf("/api/v1/events/export", { ...query, format })}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {t(`export.${format}`)}
        </Button>
      ))}
    </span>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Facets } from "@/components/list/Facets";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import type { Alert } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { AlertDetails } from "./AlertDetails";
import { countOf, readView, toneOf, type View, viewNames, views } from "./model";
import { summaryQuery, useAlerts } from "./queries";

const column = columnsOf<Alert>();

interface Filters {
  view?: View | undefined;
  q?: string | undefined;
}

export default function AlertsPage() {
  const { t } = useTranslation("alerts");
  const { filters, set } = useFilters<Filters>();
  const view = readView(filters.view);
  const { q } = filters;
  useLiveRefresh("alerts", ["alerts"], 300);
  const alerts = useAlerts({ states: views[view], q });
  const { selected, select, clear } = useSelection();
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} />}>
      <ListPanel
        label={t("title")}
        query={alerts}
        columns={useAlertColumns()}
        search={{ label: t("search"), text: q, onSearch: (text) => set({ q: text }) }}
        tools={<Views value={view} onChange={(next) => set({ view: next === "open" ? undefined : next })} />}
        filtered={view !== "open" || q !== undefined}
        nothing={<EmptyState kind="healthy" title={t("quiet.title")} text={t("quiet.text")} />}
        filteredOut={<EmptyState kind="filtered" title={t("none.title")} text={t("none.text")} />}
        selectedId={selected}
        onOpen={openSelected(select)}
      />
      {selected === undefined ? null : <AlertDetails key={selected} id={selected} onClose={clear} />}
    </Page>
  );
}

/** The facets stay, with their counts, also when they are zero. */
function Views({ value, onChange }: { value: View; onChange(view: View): void }) {
  const { t } = useTranslation("alerts");
  const { data } = useQuery(summaryQuery);
  return (
    <Facets
      label={t("view.label")}
      chosen={[value]}
      onChoose={(next) => onChange(readView(next))}
      options={viewNames.map((name) => ({
        value: name,
        label: t(`view.${name}`),
        count: data === undefined ? undefined : countOf(name, data.states),
      }))}
    />
  );
}

function useAlertColumns() {
  const { t } = useTranslation("alerts");
  return useMemo(
    () =>
      column.columns([
        column.accessor("severity", {
          header: t("field.severity"),
          meta: { width: 110 },
          cell: ({ getValue }) => <SeverityBadge severity={getValue()} />,
        }),
        column.accessor("state", {
          header: t("field.state"),
          meta: { width: 130 },
          cell: ({ getValue }) => (
            <StatusBadge plain tone={toneOf(getValue())} label={t(`state.${getValue()}`)} />
          ),
        }),
        column.accessor("title", { header: t("field.title") }),
        column.accessor("rule_name", { header: t("field.rule") }),
        column.accessor("started_at", {
          header: t("field.started"),
          meta: { width: 130 },
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
      ]),
    [t],
  );
}

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Facets } from "@/components/list/Facets";
import { ListPanel } from "@/components/list/ListPanel";
import { usePicked } from "@/components/list/use-picked";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useMay } from "@/lib/query/me";
import { AlertDetails } from "./AlertDetails";
import { AlertFacetColumn } from "./AlertFacetColumn";
import { BulkBar } from "./BulkBar";
import { useAlertColumns } from "./columns";
import { countOf, readView, type View, viewNames } from "./model/alerts";
import { type AlertFilters, isFiltered, ownFilters } from "./model/filters";
import { Quiet } from "./Quiet";
import { facetsQuery, useAlerts } from "./queries";
import { useAlertKeys } from "./use-alert-keys";

export default function AlertsPage() {
  const { t } = useTranslation("alerts");
  const may = useMay();
  const search = useFilters<AlertFilters>();
  const filters = ownFilters(search.filters);
  useLiveRefresh("alerts", ["alerts"], 300);
  const alerts = useAlerts(filters);
  const picked = usePicked(alerts.data);
  const { selected, select, clear } = useSelection();
  const shown = useMemo(() => (alerts.data ?? []).map(({ id }) => id), [alerts.data]);
  useAlertKeys(shown, picked.ids, selected);
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} />}>
      <ListPanel
        label={t("title")}
        query={alerts}
        columns={useAlertColumns(selected !== undefined)}
        search={{ label: t("search"), text: filters.q, onSearch: (q) => search.set({ q }) }}
        tools={<Views filters={filters} onChange={search.set} />}
        aside={<AlertFacetColumn filters={filters} onChange={search.set} />}
        filtered={isFiltered(filters)}
        nothing={<Quiet />}
        filteredOut={<EmptyState kind="filtered" title={t("none.title")} text={t("none.text")} />}
        selectedId={selected}
        onOpen={openSelected(select)}
        picking={may("alerts.write") ? picked : undefined}
        bulk={<BulkBar picked={picked} alerts={alerts.data ?? []} />}
      />
      {selected === undefined ? null : <AlertDetails key={selected} id={selected} onClose={clear} />}
    </Page>
  );
}

interface ViewsProps {
  filters: AlertFilters;
  onChange(change: Partial<AlertFilters>): void;
}

/** The facets stay, with their counts, also when they are zero. */
function Views({ filters, onChange }: ViewsProps) {
  const { t } = useTranslation("alerts");
  const { data } = useQuery(facetsQuery(filters));
  const counts = Object.fromEntries(data?.states.map(({ value, count }) => [value, count]) ?? []);
  const choose = (value: string | undefined) => {
    const next: View = readView(value);
    onChange({ view: next === "open" ? undefined : next });
  };
  return (
    <Facets
      label={t("view.label")}
      chosen={[filters.view ?? "open"]}
      onChoose={choose}
      options={viewNames.map((name) => ({
        value: name,
        label: t(`view.${name}`),
        count: data === undefined ? undefined : countOf(name, counts),
      }))}
    />
  );
}

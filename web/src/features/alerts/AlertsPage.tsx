import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { SearchInput } from "@/components/input/SearchInput";
import { Page, PageHeader, Toolbar } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { Alert } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { AlertDetails } from "./AlertDetails";
import { countOf, readView, toneOf, type View, viewNames, views } from "./model";
import { summaryQuery, useAlerts } from "./queries";

const column = columnsOf<Alert>();

interface Search {
  view?: View | undefined;
  q?: string | undefined;
}

export default function AlertsPage() {
  const { t } = useTranslation("alerts");
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const view = readView(search.view);
  const { q } = search;
  useLiveRefresh("alerts", ["alerts"], 300);
  const alerts = useAlerts({ states: views[view], q });
  const { selected, select, clear } = useSelection();
  const columns = useAlertColumns();
  const set = (change: Search) => void navigate({ to: ".", search: (kept) => ({ ...kept, ...change }) });
  const quiet = view === "open" && q === undefined;
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} />}>
      <Toolbar>
        <Views value={view} onChange={(next) => set({ view: next === "open" ? undefined : next })} />
        <SearchInput
          key={q ?? ""}
          value={q ?? ""}
          label={t("search")}
          onSearch={(text) => set({ q: text === "" ? undefined : text })}
        />
      </Toolbar>
      <Panel fill>
        <StateView
          query={alerts}
          isEmpty={(rows) => rows.length === 0}
          empty={
            quiet ? (
              <EmptyState kind="healthy" title={t("quiet.title")} text={t("quiet.text")} />
            ) : (
              <EmptyState kind="filtered" title={t("none.title")} text={t("none.text")} />
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
              paging={alerts}
            />
          )}
        </StateView>
      </Panel>
      {selected === undefined ? null : <AlertDetails key={selected} id={selected} onClose={clear} />}
    </Page>
  );
}

/** The facets stay, with their counts, also when they are zero. */
function Views({ value, onChange }: { value: View; onChange(view: View): void }) {
  const { t } = useTranslation("alerts");
  const { data } = useQuery(summaryQuery);
  return (
    <SegmentedControl
      aria-label={t("view.label")}
      size="xs"
      value={value}
      onChange={(next) => onChange(readView(next))}
      data={viewNames.map((name) => ({
        value: name,
        label: data === undefined ? t(`view.${name}`) : `${t(`view.${name}`)} ${countOf(name, data.states)}`,
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

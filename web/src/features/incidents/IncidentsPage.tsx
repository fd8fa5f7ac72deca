import { Button } from "@mantine/core";
import { IconAdjustments } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Facets } from "@/components/list/Facets";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import type { Incident } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { useOpen } from "@/lib/navigation/use-open";
import { useMay } from "@/lib/query/me";
import { GroupingDialog } from "./GroupingDialog";
import { countOf, readView, toneOf, type View, viewNames, views } from "./model";
import { summaryQuery, useIncidents } from "./queries";

const column = columnsOf<Incident>();

interface Filters {
  view?: View | undefined;
  q?: string | undefined;
}

export default function IncidentsPage() {
  const { t } = useTranslation("incidents");
  const { filters, set } = useFilters<Filters>();
  const view = readView(filters.view);
  const { q } = filters;
  useLiveRefresh("incidents", ["incidents"], 500);
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} actions={<Grouping />} />}>
      <ListPanel
        label={t("title")}
        query={useIncidents({ states: views[view], q })}
        columns={useIncidentColumns()}
        search={{ label: t("search"), text: q, onSearch: (text) => set({ q: text }) }}
        tools={
          <Views value={view} onChange={(next) => set({ view: next === "current" ? undefined : next })} />
        }
        filtered={view !== "current" || q !== undefined}
        nothing={<EmptyState kind="healthy" title={t("quiet.title")} text={t("quiet.text")} />}
        filteredOut={<EmptyState kind="filtered" title={t("none.title")} text={t("none.text")} />}
        onOpen={useOpen<Incident>(({ id }) => ({ to: "/incidents/$incidentId", params: { incidentId: id } }))}
      />
    </Page>
  );
}

function Grouping() {
  const { t } = useTranslation("incidents");
  const may = useMay();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconAdjustments size={16} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {t("grouping.title")}
      </Button>
      {open ? <GroupingDialog readOnly={!may("rules.write")} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

/** The facets stay, with their counts, also when they are zero. */
function Views({ value, onChange }: { value: View; onChange(view: View): void }) {
  const { t } = useTranslation("incidents");
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

function useIncidentColumns() {
  const { t } = useTranslation("incidents");
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
        column.display({
          id: "alerts",
          header: t("field.alerts"),
          meta: { width: 110 },
          cell: ({ row: { original } }) => (
            <span className="num">{t("openOf", { open: original.open_alerts, count: original.alerts })}</span>
          ),
        }),
        column.display({
          id: "who",
          header: t("field.who"),
          meta: { width: 150 },
          cell: ({ row: { original } }) => original.assignee ?? original.acknowledged_by ?? "–",
        }),
        column.accessor("opened_at", {
          header: t("field.opened"),
          meta: { width: 130 },
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
      ]),
    [t],
  );
}

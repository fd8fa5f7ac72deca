import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { Page, PageHeader, Toolbar } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import { api } from "@/lib/api/client";
import type { MaintenanceWindow } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useMay } from "@/lib/query/me";
import { MatcherList, MutingTabs } from "./Frame";
import { MatchPreview } from "./MatchPreview";
import { useMuting, useWindows } from "./queries";
import { SpellList } from "./SpellList";
import { WindowForm } from "./WindowForm";

const column = columnsOf<MaintenanceWindow>();
type Editing = MaintenanceWindow | "new" | undefined;

export default function WindowsPage() {
  const { t } = useTranslation("silences");
  const writes = useMay()("alerts.write");
  useLiveRefresh("alerts", ["muting"], 1000);
  const windows = useWindows();
  const { selected, select, clear } = useSelection();
  const [editing, setEditing] = useState<Editing>();
  const chosen = windows.data?.find(({ id }) => id === selected);
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing("new")}>
      {t("windows.new")}
    </Button>
  );
  const columns = useWindowColumns();
  return (
    <Page
      fill
      header={
        <PageHeader title={t("windows.title")} text={t("windows.text")} actions={writes ? create : null} />
      }
    >
      <Toolbar>
        <MutingTabs />
      </Toolbar>
      <Panel fill>
        <StateView
          query={windows}
          isEmpty={(rows) => rows.length === 0}
          empty={<EmptyState kind="nothing" title={t("windows.none")} text={t("windows.noneText")} />}
        >
          {(rows) => (
            <DataTable
              label={t("windows.title")}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              selectedId={selected}
              onOpen={openSelected(select)}
              paging={windows}
            />
          )}
        </StateView>
      </Panel>
      {chosen === undefined ? null : (
        <Details
          key={chosen.id}
          row={chosen}
          writes={writes}
          onEdit={() => setEditing(chosen)}
          onClose={clear}
        />
      )}
      {editing === undefined ? null : (
        <WindowForm window={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
    </Page>
  );
}

function useWindowColumns() {
  const { t, i18n } = useTranslation("silences");
  return useMemo(
    () =>
      column.columns([
        column.accessor("name", { header: t("field.name") }),
        column.display({
          id: "state",
          header: t("field.state"),
          meta: { width: 120 },
          cell: ({ row: { original } }) => <WindowState row={original} />,
        }),
        column.accessor("matchers", {
          header: t("matcher.title"),
          cell: ({ getValue }) => <MatcherList matchers={getValue()} />,
        }),
        column.display({
          id: "next",
          header: t("timing.next"),
          meta: { width: 180 },
          cell: ({ row: { original } }) => {
            const next = original.upcoming?.[0];
            return next === undefined ? "–" : dateTime(new Date(next.starts_at), i18n.language);
          },
        }),
        column.accessor("created_by", { header: t("field.by"), meta: { width: 130 } }),
      ]),
    [t, i18n.language],
  );
}

function WindowState({ row }: { row: MaintenanceWindow }) {
  const { t } = useTranslation("silences");
  const state = row.open_now == null ? (row.enabled ? "planned" : "off") : "open";
  return <StatusBadge plain tone={state === "open" ? "info" : "idle"} label={t(`windows.state.${state}`)} />;
}

interface DetailsProps {
  row: MaintenanceWindow;
  writes: boolean;
  onEdit(): void;
  onClose(): void;
}

function Details({ row, writes, onEdit, onClose }: DetailsProps) {
  const { t } = useTranslation("silences");
  const remove = useMuting(
    () => api.DELETE("/api/v1/maintenance-windows/{window_id}", { params: { path: { window_id: row.id } } }),
    onClose,
  );
  const { timing } = row;
  return (
    <Inspector title={row.name} badges={<WindowState row={row} />} onClose={onClose}>
      <Pairs
        pairs={[
          [t("timing.type"), t(`timing.${timing.type}`)],
          ...(timing.type === "recurring"
            ? [[t("timing.cron"), <code key="cron">{`${timing.cron} · ${timing.zone}`}</code>] as const]
            : []),
          [t("matcher.title"), <MatcherList key="matchers" matchers={row.matchers} />],
          [t("field.comment"), row.comment],
          [t("field.by"), row.created_by],
        ].map(([name, value]): [string, typeof value] => [String(name), value])}
      />
      <InspectorSection title={t("timing.next")}>
        <SpellList spells={row.upcoming ?? []} />
      </InspectorSection>
      <InspectorSection title={t("preview.title")}>
        <MatchPreview matchers={row.matchers} />
      </InspectorSection>
      {writes ? (
        <InspectorSection title={t("act")}>
          <Button size="compact-md" variant="default" onClick={onEdit}>
            {t("edit")}
          </Button>{" "}
          <Button
            size="compact-md"
            variant="default"
            loading={remove.isPending}
            onClick={() => remove.mutate(undefined)}
          >
            {t("remove")}
          </Button>
          <ProblemNotice error={remove.error} />
        </InspectorSection>
      ) : null}
    </Inspector>
  );
}

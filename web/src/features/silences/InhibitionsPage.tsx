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
import type { Inhibition } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useMay } from "@/lib/query/me";
import { MatcherList, MutingTabs } from "./Frame";
import { InhibitionForm } from "./InhibitionForm";
import { useInhibitions, useMuting } from "./queries";

const column = columnsOf<Inhibition>();

export default function InhibitionsPage() {
  const { t } = useTranslation("silences");
  const writes = useMay()("alerts.write");
  useLiveRefresh("alerts", ["muting"], 1000);
  const inhibitions = useInhibitions();
  const { selected, select, clear } = useSelection();
  const [editing, setEditing] = useState<Inhibition | "new">();
  const chosen = inhibitions.data?.find(({ id }) => id === selected);
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing("new")}>
      {t("inhibitions.new")}
    </Button>
  );
  const columns = useInhibitionColumns();
  return (
    <Page
      fill
      header={
        <PageHeader
          title={t("inhibitions.title")}
          text={t("inhibitions.text")}
          actions={writes ? create : null}
        />
      }
    >
      <Toolbar>
        <MutingTabs />
      </Toolbar>
      <Panel fill>
        <StateView
          query={inhibitions}
          isEmpty={(rows) => rows.length === 0}
          empty={<EmptyState kind="nothing" title={t("inhibitions.none")} text={t("inhibitions.noneText")} />}
        >
          {(rows) => (
            <DataTable
              label={t("inhibitions.title")}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              selectedId={selected}
              onOpen={openSelected(select)}
              paging={inhibitions}
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
        <InhibitionForm
          inhibition={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Page>
  );
}

function useInhibitionColumns() {
  const { t } = useTranslation("silences");
  return useMemo(
    () =>
      column.columns([
        column.accessor("name", { header: t("field.name") }),
        column.accessor("enabled", {
          header: t("field.state"),
          meta: { width: 110 },
          cell: ({ getValue }) => <OnOff on={getValue()} />,
        }),
        column.accessor("source", {
          header: t("inhibitions.source"),
          cell: ({ getValue }) => <MatcherList matchers={getValue()} />,
        }),
        column.accessor("target", {
          header: t("inhibitions.target"),
          cell: ({ getValue }) => <MatcherList matchers={getValue()} />,
        }),
        column.accessor("equal", {
          header: t("inhibitions.equal"),
          meta: { width: 160 },
          cell: ({ getValue }) => getValue().join(", "),
        }),
      ]),
    [t],
  );
}

function OnOff({ on }: { on: boolean }) {
  const { t } = useTranslation("silences");
  return <StatusBadge plain tone={on ? "ok" : "idle"} label={t(on ? "on" : "off")} />;
}

interface DetailsProps {
  row: Inhibition;
  writes: boolean;
  onEdit(): void;
  onClose(): void;
}

function Details({ row, writes, onEdit, onClose }: DetailsProps) {
  const { t } = useTranslation("silences");
  const remove = useMuting(
    () => api.DELETE("/api/v1/inhibitions/{inhibition_id}", { params: { path: { inhibition_id: row.id } } }),
    onClose,
  );
  return (
    <Inspector title={row.name} badges={<OnOff on={row.enabled} />} onClose={onClose}>
      <Pairs
        pairs={[
          [t("inhibitions.source"), <MatcherList key="source" matchers={row.source} />],
          [t("inhibitions.target"), <MatcherList key="target" matchers={row.target} />],
          [t("inhibitions.equal"), row.equal.join(", ")],
          [t("field.comment"), row.comment],
          [t("field.by"), row.created_by],
        ]}
      />
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

import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { Facets } from "@/components/list/Facets";
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
import type { Silence, SilenceState } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useMay } from "@/lib/query/me";
import { MatcherList, MutingTabs } from "./Frame";
import { MatchPreview } from "./MatchPreview";
import { readMatcher, silenceTones } from "./model";
import { useMuting, useSilences } from "./queries";
import { SilenceForm } from "./SilenceForm";

const column = columnsOf<Silence>();
const live: readonly SilenceState[] = ["active", "pending"];
const over: readonly SilenceState[] = ["expired"];

interface Search {
  /** Matchers for a new silence: its form opens with them. */
  new?: string[] | undefined;
  show?: "over" | undefined;
}

export default function SilencesPage() {
  const { t } = useTranslation("silences");
  const columns = useSilenceColumns();
  const writes = useMay()("alerts.write");
  const { filters, set } = useFilters<Search>();
  useLiveRefresh("alerts", ["muting"], 1000);
  const silences = useSilences(filters.show === "over" ? over : live);
  const { selected, select, clear } = useSelection();
  const [editing, setEditing] = useState<Silence>();
  const chosen = silences.data?.find(({ id }) => id === selected);
  return (
    <Page
      fill
      header={
        <PageHeader
          title={t("silences.title")}
          text={t("silences.text")}
          actions={writes ? <Create onCreate={() => set({ new: [] })} /> : null}
        />
      }
    >
      <Tools over={filters.show === "over"} onShow={(show) => set({ show })} />
      <Panel fill>
        <StateView
          query={silences}
          isEmpty={(rows) => rows.length === 0}
          empty={<EmptyState kind="nothing" title={t("silences.none")} text={t("silences.noneText")} />}
        >
          {(rows) => (
            <DataTable
              label={t("silences.title")}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              selectedId={selected}
              onOpen={openSelected(select)}
              paging={silences}
            />
          )}
        </StateView>
      </Panel>
      {chosen === undefined ? null : (
        <Details
          key={chosen.id}
          silence={chosen}
          writes={writes}
          onEdit={() => setEditing(chosen)}
          onClose={clear}
        />
      )}
      {filters.new === undefined || !writes ? null : (
        <SilenceForm
          silence={undefined}
          matchers={filters.new.map(readMatcher).filter((each) => each !== null)}
          onClose={() => set({ new: undefined })}
        />
      )}
      {editing === undefined ? null : (
        <SilenceForm silence={editing} matchers={[]} onClose={() => setEditing(undefined)} />
      )}
    </Page>
  );
}

function Create({ onCreate }: { onCreate(): void }) {
  const { t } = useTranslation("silences");
  return (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={onCreate}>
      {t("silences.new")}
    </Button>
  );
}

interface ToolsProps {
  over: boolean;
  onShow(show: "over" | undefined): void;
}

function Tools({ over: past, onShow }: ToolsProps) {
  const { t } = useTranslation("silences");
  return (
    <Toolbar>
      <MutingTabs />
      <Facets
        label={t("field.state")}
        chosen={[past ? "over" : "live"]}
        options={["live", "over"].map((value) => ({ value, label: t(`show.${value}`) }))}
        onChoose={(value) => onShow(value === "over" ? "over" : undefined)}
      />
    </Toolbar>
  );
}

function useSilenceColumns() {
  const { t, i18n } = useTranslation("silences");
  return useMemo(() => {
    const at = (value: string) => dateTime(new Date(value), i18n.language);
    return column.columns([
      column.accessor("state", {
        header: t("field.state"),
        meta: { width: 110 },
        cell: ({ getValue }) => (
          <StatusBadge plain tone={silenceTones[getValue()]} label={t(`state.${getValue()}`)} />
        ),
      }),
      column.accessor("matchers", {
        header: t("matcher.title"),
        cell: ({ getValue }) => <MatcherList matchers={getValue()} />,
      }),
      column.accessor("comment", { header: t("field.comment") }),
      column.accessor("starts_at", {
        header: t("field.starts"),
        meta: { width: 160 },
        cell: ({ getValue }) => at(getValue()),
      }),
      column.accessor("ends_at", {
        header: t("field.ends"),
        meta: { width: 160 },
        cell: ({ getValue }) => at(getValue()),
      }),
      column.accessor("created_by", { header: t("field.by"), meta: { width: 130 } }),
    ]);
  }, [t, i18n.language]);
}

interface DetailsProps {
  silence: Silence;
  writes: boolean;
  onEdit(): void;
  onClose(): void;
}

function Details({ silence, writes, onEdit, onClose }: DetailsProps) {
  const { t, i18n } = useTranslation("silences");
  const expire = useMuting(() =>
    api.POST("/api/v1/silences/{silence_id}/expire", { params: { path: { silence_id: silence.id } } }),
  );
  return (
    <Inspector
      title={silence.comment}
      badges={<StatusBadge tone={silenceTones[silence.state]} label={t(`state.${silence.state}`)} />}
      onClose={onClose}
    >
      <Pairs
        pairs={[
          [t("field.starts"), dateTime(new Date(silence.starts_at), i18n.language)],
          [t("field.ends"), dateTime(new Date(silence.ends_at), i18n.language)],
          [t("field.by"), silence.created_by],
          [t("matcher.title"), <MatcherList key="matchers" matchers={silence.matchers} />],
        ]}
      />
      {silence.state === "expired" ? null : (
        <InspectorSection title={t("preview.title")}>
          <MatchPreview matchers={silence.matchers} />
        </InspectorSection>
      )}
      {writes && silence.state !== "expired" ? (
        <InspectorSection title={t("act")}>
          <Button size="compact-md" variant="default" onClick={onEdit}>
            {t("edit")}
          </Button>{" "}
          <Button
            size="compact-md"
            variant="default"
            loading={expire.isPending}
            onClick={() => expire.mutate(undefined)}
          >
            {t("expire")}
          </Button>
          <ProblemNotice error={expire.error} />
        </InspectorSection>
      ) : null}
    </Inspector>
  );
}

import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import type { Asset } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { useOpen } from "@/lib/navigation/use-open";
import { stageOf } from "@/lib/query/asset";
import { useMay } from "@/lib/query/me";
import styles from "./catalogs.module.css";
import { NewCatalogDialog } from "./NewCatalogDialog";
import { overviewQuery, useCatalogs } from "./queries";
import { isLive, scanTones } from "./words";

const column = columnsOf<Asset>();

/** Databases described: what is in them, and what people call it. */
export default function CatalogsPage() {
  const { t } = useTranslation("catalogs");
  const { filters, set } = useFilters<{ q?: string | undefined }>();
  const [creating, dialog] = useDisclosure(false);
  useLiveRefresh("catalogs", ["catalogs"], 1000);
  const create = useMay()("connections.write") ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
      {t("new.do")}
    </Button>
  ) : null;
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} actions={create} />}>
      <ListPanel
        label={t("title")}
        query={useCatalogs(filters.q)}
        columns={useCatalogColumns()}
        search={{ label: t("search"), text: filters.q, onSearch: (text) => set({ q: text }) }}
        filtered={filters.q !== undefined}
        nothing={<EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} action={create} />}
        onOpen={useOpen<Asset>(({ id }) => ({ to: "/catalogs/$catalogId", params: { catalogId: id } }))}
      />
      <NewCatalogDialog opened={creating} onClose={dialog.close} />
    </Page>
  );
}

const tones = { draft: "idle", published: "ok", changed: "info", archived: "idle" } as const;

function useCatalogColumns() {
  const { t } = useTranslation("catalogs");
  return useMemo(
    () =>
      column.columns([
        column.accessor("name", {
          header: t("field.name"),
          cell: ({ row }) => (
            <>
              {row.original.name} <code className={styles.key}>{row.original.key}</code>
            </>
          ),
        }),
        column.display({
          id: "state",
          header: t("field.state"),
          meta: { width: 190 },
          cell: ({ row }) => {
            const stage = stageOf(row.original);
            return <StatusBadge plain tone={tones[stage]} label={t(`common:lifecycle.${stage}`)} />;
          },
        }),
        column.display({
          id: "connection",
          header: t("field.connection"),
          meta: { width: 180 },
          cell: ({ row }) => <Of id={row.original.id} part="connection" />,
        }),
        column.display({
          id: "tables",
          header: t("field.tables"),
          meta: { width: 110, align: "end" },
          cell: ({ row }) => <Of id={row.original.id} part="tables" />,
        }),
        column.display({
          id: "scan",
          header: t("field.lastScan"),
          meta: { width: 220 },
          cell: ({ row }) => <LastScan id={row.original.id} />,
        }),
      ]),
    [t],
  );
}

function Of({ id, part }: { id: string; part: "connection" | "tables" }) {
  const { data } = useQuery(overviewQuery(id));
  if (data === undefined) return null;
  return part === "connection" ? <code>{data.connection}</code> : <span className="num">{data.tables}</span>;
}

function LastScan({ id }: { id: string }) {
  const { t } = useTranslation("catalogs");
  const { data, error } = useQuery(overviewQuery(id));
  if (error !== null) return <StatusBadge plain tone="warn" label={t("scan.unreadable")} />;
  const scan = data?.current ?? data?.last;
  if (data === undefined) return null;
  if (scan === null || scan === undefined) return <span className={styles.note}>{t("scan.never")}</span>;
  return (
    <span className={styles.inline}>
      <StatusBadge plain tone={scanTones[scan.status]} label={t(`scan.status.${scan.status}`)} />
      {isLive(scan) ? null : (
        <span className={styles.note}>
          <TimeAgo at={scan.finished_at ?? scan.requested_at} />
        </span>
      )}
    </span>
  );
}

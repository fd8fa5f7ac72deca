import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useKindName } from "@/components/lifecycle/use-kind-name";
import { ListPanel } from "@/components/list/ListPanel";
import { usePicked } from "@/components/list/use-picked";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import type { Asset } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { useOpen } from "@/lib/navigation/use-open";
import { AssetFacetColumn } from "./AssetFacetColumn";
import { BulkBar } from "./BulkBar";
import { FaultCell } from "./FaultCell";
import styles from "./list.module.css";
import { type AssetFilters, isFiltered } from "./model/filters";
import { lifecycleOf } from "./model/kinds";
import { NewAssetDialog } from "./NewAssetDialog";
import { kindsQuery, useAssets } from "./queries";

const column = columnsOf<Asset>();

export default function AssetsPage() {
  const { t } = useTranslation("assets");
  const { filters, set } = useFilters<AssetFilters>();
  useLiveRefresh("assets", ["assets"], 1000);
  const { q, kind, state, tag, fault } = filters;
  const assets = useAssets({ q, kind, state, tag, fault });
  const picked = usePicked(assets.data);
  const [creating, dialog] = useDisclosure(false);
  const kinds = useQuery(kindsQuery);
  const writes = kinds.data?.some(({ can_write }) => can_write) === true;
  const create = writes ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
      {t("new.do")}
    </Button>
  ) : null;
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} actions={create} />}>
      <ListPanel
        label={t("title")}
        query={assets}
        columns={useAssetColumns()}
        search={{ label: t("search"), text: q, onSearch: (text) => set({ q: text }) }}
        aside={<AssetFacetColumn filters={filters} onChange={set} />}
        filtered={isFiltered({ q, kind, state, tag, fault })}
        nothing={<EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} action={create} />}
        onOpen={useOpen<Asset>(({ id }) => ({ to: "/assets/$assetId", params: { assetId: id } }))}
        picking={writes ? picked : undefined}
        bulk={<BulkBar picked={picked} assets={assets.data ?? []} />}
      />
      <NewAssetDialog opened={creating} onClose={dialog.close} />
    </Page>
  );
}

function useAssetColumns() {
  const { t } = useTranslation("assets");
  const kindName = useKindName();
  return useMemo(
    () =>
      column.columns([
        column.accessor("name", {
          header: t("field.name"),
          cell: ({ row }) => (
            <>
              {row.original.name} <code className={styles.key}>{row.original.key}</code>
              <span className={styles.cause}>{row.original.fault?.cause}</span>
            </>
          ),
        }),
        column.accessor("kind", {
          header: t("field.kind"),
          meta: { width: 130 },
          cell: ({ getValue }) => kindName(getValue()),
        }),
        column.display({
          id: "state",
          header: t("field.state"),
          meta: { width: 230 },
          cell: ({ row }) => <StateCell asset={row.original} />,
        }),
        column.accessor("tags", {
          header: t("field.tags"),
          cell: ({ getValue }) => (
            <span className={styles.tags}>
              {getValue().map((tag: string) => (
                <span key={tag}>{tag}</span>
              ))}
            </span>
          ),
        }),
        column.accessor("updated_by", { header: t("field.changedBy"), meta: { width: 130 } }),
        column.accessor("updated_at", {
          header: t("field.changed"),
          meta: { width: 120 },
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
      ]),
    [t, kindName],
  );
}

const tones = { draft: "idle", published: "ok", changed: "info", archived: "idle" } as const;

function StateCell({ asset }: { asset: Asset }) {
  const { t } = useTranslation("assets");
  if (asset.fault !== null && asset.fault !== undefined) return <FaultCell asset={asset} />;
  const lifecycle = lifecycleOf(asset);
  const version =
    asset.published_version === null
      ? ""
      : ` ${t("common:object.version", { version: asset.published_version })}`;
  return (
    <StatusBadge plain tone={tones[lifecycle]} label={`${t(`common:lifecycle.${lifecycle}`)}${version}`} />
  );
}

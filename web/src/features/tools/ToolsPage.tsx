import { Button, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconApi, IconCirclePlus, IconDownload, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { StatusBadge } from "@/components/status/StatusBadge";
import { columnsOf } from "@/components/table/columns";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useMay } from "@/lib/query/me";
import { BuiltinDetails } from "./BuiltinDetails";
import { FromApiDialog } from "./FromApiDialog";
import { rowsOf, type ToolRow } from "./model";
import { NewToolDialog } from "./NewToolDialog";
import { builtinsQuery, useToolAssets } from "./queries";
import styles from "./tools.module.css";

const column = columnsOf<ToolRow>();

export default function ToolsPage() {
  const { t } = useTranslation("tools");
  const may = useMay();
  const navigate = useNavigate();
  const { filters, set } = useFilters<{ q?: string | undefined }>();
  const assets = useToolAssets(filters.q);
  const builtins = useQuery(builtinsQuery);
  useLiveRefresh("assets", ["assets"], 1000);
  const { selected, select, clear } = useSelection();
  const rows = useMemo(
    () => (assets.data === undefined ? undefined : rowsOf(assets.data, builtins.data ?? [], filters.q)),
    [assets.data, builtins.data, filters.q],
  );
  const chosen = rows?.find(({ id }) => id === selected)?.builtin ?? null;
  const open = (row: ToolRow, newTab: boolean) => {
    if (row.asset === null) openSelected(select)(row, newTab);
    else void navigate({ to: "/tools/$toolId", params: { toolId: row.asset.id } });
  };
  return (
    <Page
      fill
      header={
        <PageHeader title={t("title")} text={t("text")} actions={may("tools.write") ? <NewTool /> : null} />
      }
    >
      <ListPanel
        label={t("title")}
        query={{ ...assets, data: rows }}
        columns={useToolColumns()}
        search={{ label: t("search"), text: filters.q, onSearch: (q) => set({ q }) }}
        filtered={filters.q !== undefined}
        nothing={<EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} />}
        selectedId={selected}
        onOpen={open}
      />
      {chosen === null ? null : <BuiltinDetails tool={chosen} onClose={clear} />}
    </Page>
  );
}

function NewTool() {
  const { t } = useTranslation("tools");
  const navigate = useNavigate();
  const [fromApi, api] = useDisclosure(false);
  const [blank, own] = useDisclosure(false);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button leftSection={<IconPlus size={16} aria-hidden />}>{t("new.do")}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconApi size={16} aria-hidden />} onClick={api.open}>
            {t("new.fromApi")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() => void navigate({ to: "/tools/import" })}
          >
            {t("new.import")}
          </Menu.Item>
          <Menu.Item leftSection={<IconCirclePlus size={16} aria-hidden />} onClick={own.open}>
            {t("new.blank")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {fromApi ? <FromApiDialog onClose={api.close} /> : null}
      {blank ? <NewToolDialog onClose={own.close} /> : null}
    </>
  );
}

function useToolColumns() {
  const { t } = useTranslation("tools");
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
        column.accessor("description", { header: t("field.description") }),
        column.display({
          id: "state",
          header: t("field.state"),
          meta: { width: 170 },
          cell: ({ row }) => <State row={row.original} />,
        }),
      ]),
    [t],
  );
}

function State({ row: { asset } }: { row: ToolRow }) {
  const { t } = useTranslation("tools");
  if (asset === null) return <StatusBadge plain tone="info" label={t("builtin")} />;
  if (asset.fault !== null && asset.fault !== undefined)
    return <StatusBadge plain tone="critical" label={t("faulty")} />;
  return asset.published_version === null ? (
    <StatusBadge plain tone="idle" label={t("common:lifecycle.draft")} />
  ) : (
    <StatusBadge
      plain
      tone="ok"
      label={`${t("common:lifecycle.published")} ${t("common:object.version", { version: asset.published_version })}`}
    />
  );
}

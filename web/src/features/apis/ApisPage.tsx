import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { SearchInput } from "@/components/input/SearchInput";
import { Page, PageHeader, Toolbar } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { Api } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import { useApis } from "./queries";

const column = columnsOf<Api>();

export default function ApisPage() {
  const { t } = useTranslation("apis");
  const may = useMay();
  const navigate = useNavigate();
  const { q }: { q?: string | undefined } = useSearch({ strict: false });
  const apis = useApis(q);
  const columns = useApiColumns();
  const create = may("apis.write") ? (
    <Button component={Link} to="/apis/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t("new")}
    </Button>
  ) : null;
  const open = ({ id }: Api, newTab: boolean) => {
    if (newTab) window.open(`/apis/${id}`, "_blank", "noopener");
    else void navigate({ to: "/apis/$apiId", params: { apiId: id } });
  };
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} actions={create} />}>
      <Toolbar>
        <SearchInput
          key={q ?? ""}
          value={q ?? ""}
          label={t("search")}
          onSearch={(text) =>
            void navigate({ to: ".", search: (kept) => ({ ...kept, q: text === "" ? undefined : text }) })
          }
        />
      </Toolbar>
      <Panel fill>
        <StateView
          query={apis}
          isEmpty={(rows) => rows.length === 0}
          empty={
            q === undefined ? (
              <EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} action={create} />
            ) : (
              <EmptyState kind="filtered" />
            )
          }
        >
          {(rows) => (
            <DataTable
              label={t("title")}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              onOpen={open}
              paging={apis}
            />
          )}
        </StateView>
      </Panel>
    </Page>
  );
}

function useApiColumns() {
  const { t } = useTranslation("apis");
  return useMemo(
    () =>
      column.columns([
        column.accessor("name", { header: t("field.name") }),
        column.accessor("published_version", {
          header: t("field.state"),
          meta: { width: 150 },
          cell: ({ getValue }) => {
            const version: number | null = getValue();
            return version === null ? (
              <StatusBadge plain tone="idle" label={t("common:lifecycle.draft")} />
            ) : (
              <StatusBadge
                plain
                tone="ok"
                label={`${t("common:lifecycle.published")} ${t("common:object.version", { version })}`}
              />
            );
          },
        }),
        column.accessor("definition.method", {
          header: t("field.method"),
          meta: { width: 90 },
          cell: ({ getValue }) => <code>{getValue()}</code>,
        }),
        column.accessor("definition.path", {
          header: t("field.path"),
          cell: ({ getValue }) => <code>{`/runtime/${getValue()}`}</code>,
        }),
        column.display({
          id: "parameters",
          header: t("parameters.title"),
          cell: ({ row }) => (
            <code>{(row.original.definition.parameters ?? []).map(({ name }) => name).join(", ")}</code>
          ),
        }),
        column.accessor("updated_by", { header: t("field.changedBy"), meta: { width: 140 } }),
        column.accessor("updated_at", {
          header: t("field.changed"),
          meta: { width: 130 },
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
      ]),
    [t],
  );
}

import { Button, Group } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import type { Api } from "@/lib/api/types";
import { useFilters } from "@/lib/navigation/use-filters";
import { useOpen } from "@/lib/navigation/use-open";
import { useMay } from "@/lib/query/me";
import { TrafficCell } from "./log/TrafficCell";
import { useApis } from "./queries";

const column = columnsOf<Api>();

export default function ApisPage() {
  const { t } = useTranslation("apis");
  const may = useMay();
  const { filters, set } = useFilters<{ q?: string | undefined }>();
  const { q } = filters;
  const create = may("apis.write") ? (
    <Button component={Link} to="/apis/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t("new")}
    </Button>
  ) : null;
  return (
    <Page
      fill
      header={<PageHeader title={t("title")} text={t("text")} actions={<Actions create={create} />} />}
    >
      <ListPanel
        label={t("title")}
        query={useApis(q)}
        columns={useApiColumns()}
        search={{ label: t("search"), text: q, onSearch: (text) => set({ q: text }) }}
        filtered={q !== undefined}
        nothing={<EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} action={create} />}
        onOpen={useOpen<Api>(({ id }) => ({ to: "/apis/$apiId", params: { apiId: id } }))}
      />
    </Page>
  );
}

function useApiColumns() {
  const { t } = useTranslation(["apis", "apilog"]);
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
        column.accessor("definition.logic.type", {
          header: t("logic.word"),
          meta: { width: 110 },
          cell: ({ getValue }) => t(`logic.name.${getValue()}`),
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
        column.display({
          id: "traffic",
          header: t("apilog:traffic.title"),
          meta: { width: 240 },
          cell: ({ row }) => <TrafficCell id={row.original.id} />,
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

/** The way to what is published, to what could be, and to a new one. */
function Actions({ create }: { create: ReactNode }) {
  const { t } = useTranslation("apis");
  const may = useMay();
  return (
    <Group gap="sm">
      <Button component={Link} to="/apis/reference" variant="default">
        {t("reference.open")}
      </Button>
      {may("tools.write") ? (
        <Button component={Link} to="/apis/discover" variant="default">
          {t("discover")}
        </Button>
      ) : null}
      {create}
    </Group>
  );
}

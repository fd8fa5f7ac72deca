import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Facets } from "@/components/list/Facets";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { StatusBadge } from "@/components/status/StatusBadge";
import { columnsOf } from "@/components/table/columns";
import type { Connection, ConnectionType } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { useOpen } from "@/lib/navigation/use-open";
import { useMay } from "@/lib/query/me";
import styles from "./connections.module.css";
import { BreakerBadge, LastTest } from "./Health";
import { type ConnectionFilters, typesQuery, useConnections } from "./queries";
import { useWord } from "./words";

const column = columnsOf<Connection>();

/** What the installation reaches, and whether it does. */
export default function ConnectionsPage() {
  const { t } = useTranslation("connections");
  const { filters, set } = useFilters<ConnectionFilters>();
  const { q, type } = filters;
  useLiveRefresh("connections", ["connections", "list"], 1000);
  useLiveRefresh("assets", ["connections", "list"], 1000);
  const connections = useConnections({ q, type });
  const create = useMay()("connections.write") ? (
    <Button component={Link} to="/connections/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t("new.do")}
    </Button>
  ) : null;
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} actions={create} />}>
      <ListPanel
        label={t("title")}
        query={connections}
        columns={useConnectionColumns()}
        search={{ label: t("search"), text: q, onSearch: (text) => set({ q: text }) }}
        tools={<TypeFacets chosen={type} onChoose={(next) => set({ type: next })} />}
        filtered={q !== undefined || type !== undefined}
        nothing={<EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} action={create} />}
        onOpen={useOpen<Connection>(({ id }) => ({
          to: "/connections/$connectionId",
          params: { connectionId: id },
        }))}
      />
    </Page>
  );
}

interface FacetProps {
  chosen: ConnectionType | undefined;
  onChoose(type: ConnectionType | undefined): void;
}

function TypeFacets({ chosen, onChoose }: FacetProps) {
  const { t } = useTranslation("connections");
  const word = useWord();
  const types = useQuery(typesQuery);
  return (
    <Facets
      label={t("field.type")}
      options={(types.data?.items ?? []).map(({ type }) => ({ value: type, label: word("type", type) }))}
      chosen={chosen === undefined ? [] : [chosen]}
      all={{ label: t("all") }}
      onChoose={(value) => onChoose(value as ConnectionType | undefined)}
    />
  );
}

function useConnectionColumns() {
  const { t } = useTranslation("connections");
  const word = useWord();
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
        column.accessor("type", {
          header: t("field.type"),
          meta: { width: 130 },
          cell: ({ getValue }) => word("type", getValue()),
        }),
        column.display({
          id: "state",
          header: t("field.state"),
          meta: { width: 170 },
          cell: ({ row }) => <StateCell connection={row.original} />,
        }),
        column.display({
          id: "test",
          header: t("field.lastTest"),
          meta: { width: 210 },
          cell: ({ row }) => <LastTest test={row.original.last_test} />,
        }),
        column.display({
          id: "breaker",
          header: t("field.breaker"),
          meta: { width: 190 },
          cell: ({ row }) => <BreakerBadge breaker={row.original.breaker} plain />,
        }),
      ]),
    [t, word],
  );
}

function StateCell({ connection: { fault, published_version } }: { connection: Connection }) {
  const { t } = useTranslation("connections");
  if (fault !== null)
    return (
      <span title={fault}>
        <StatusBadge plain tone="critical" label={t("unreadable")} />
      </span>
    );
  if (published_version === null)
    return <StatusBadge plain tone="idle" label={t("common:lifecycle.draft")} />;
  const version = t("common:object.version", { version: published_version });
  return <StatusBadge plain tone="ok" label={`${t("common:lifecycle.published")} ${version}`} />;
}

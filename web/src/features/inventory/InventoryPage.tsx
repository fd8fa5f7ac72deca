import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Facets } from "@/components/list/Facets";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import type { Item } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { useOpen } from "@/lib/navigation/use-open";
import styles from "./inventory.module.css";
import { facetsOf, nameOf, otherName } from "./model";
import { facetQuery, useItems } from "./queries";
import { useWords } from "./use-words";

const column = columnsOf<Item>();

interface Filters {
  type?: string | undefined;
  q?: string | undefined;
}

export default function InventoryPage() {
  const { t } = useTranslation("inventory");
  const { filters, set } = useFilters<Filters>();
  const { type, q } = filters;
  // What the monitor finds arrives with its samples; items themselves change seldom.
  useLiveRefresh("metrics", ["items"], 15_000);
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} />}>
      <ListPanel
        label={t("title")}
        query={useItems({ type, q })}
        columns={useItemColumns()}
        search={{ label: t("search"), text: q, onSearch: (text) => set({ q: text }) }}
        tools={<Types q={q} chosen={type} onChoose={(next) => set({ type: next })} />}
        filtered={type !== undefined || q !== undefined}
        nothing={<EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} />}
        filteredOut={<EmptyState kind="filtered" title={t("filtered.title")} text={t("filtered.text")} />}
        onOpen={useOpen<Item>(({ id }) => ({ to: "/inventory/$itemId", params: { itemId: id } }))}
      />
    </Page>
  );
}

interface TypesProps {
  q: string | undefined;
  chosen: string | undefined;
  onChoose(type: string | undefined): void;
}

/** The types with how many items each has; choosing the chosen one again shows all. */
function Types({ q, chosen, onChoose }: TypesProps) {
  const { t } = useTranslation("inventory");
  const { typeName } = useWords();
  const { data } = useQuery(facetQuery(q));
  if (data === undefined) return null;
  const more = typeof data.next_cursor === "string" ? "+" : "";
  return (
    <Facets
      label={t("field.type")}
      all={{ label: t("all"), count: `${data.items.length}${more}` }}
      options={facetsOf(data.items, chosen).map((facet) => ({
        value: facet.type,
        label: typeName(facet.type),
        count: `${facet.count}${more}`,
      }))}
      chosen={chosen === undefined ? [] : [chosen]}
      onChoose={onChoose}
    />
  );
}

function useItemColumns() {
  const { t, i18n } = useTranslation("inventory");
  const { typeName } = useWords();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words change with the language only
  return useMemo(
    () =>
      column.columns([
        column.display({
          id: "name",
          header: t("field.name"),
          cell: ({ row }) => (
            <>
              {nameOf(row.original, i18n.language)}{" "}
              <span className={styles.note}>{otherName(row.original, i18n.language)}</span>
            </>
          ),
        }),
        column.accessor("type", {
          header: t("field.type"),
          meta: { width: 140 },
          cell: ({ getValue }) => typeName(getValue()),
        }),
        column.accessor("addresses", {
          header: t("field.addresses"),
          cell: ({ getValue }) => <code>{getValue().join(", ")}</code>,
        }),
        column.accessor("aliases", {
          header: t("field.aliases"),
          cell: ({ getValue }) => getValue().join(", "),
        }),
        column.accessor("source", { header: t("field.source"), meta: { width: 120 } }),
        column.accessor("updated_at", {
          header: t("field.changed"),
          meta: { width: 130 },
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
      ]),
    [t, i18n.language],
  );
}

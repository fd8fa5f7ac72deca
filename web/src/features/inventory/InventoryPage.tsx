import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { SearchInput } from "@/components/input/SearchInput";
import { Page, PageHeader, Toolbar } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { Item } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import styles from "./inventory.module.css";
import { facetsOf, nameOf, otherName } from "./model";
import { facetQuery, useItems } from "./queries";
import { useWords } from "./use-words";

const column = columnsOf<Item>();

interface Search {
  type?: string | undefined;
  q?: string | undefined;
}

export default function InventoryPage() {
  const { t } = useTranslation("inventory");
  const { type, q }: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  // What the monitor finds arrives with its samples; items themselves change seldom.
  useLiveRefresh("metrics", ["items"], 15_000);
  const items = useItems({ type, q });
  const columns = useItemColumns();
  const set = (change: Search) => void navigate({ to: ".", search: (kept) => ({ ...kept, ...change }) });
  const open = ({ id }: Item, newTab: boolean) => {
    if (newTab) window.open(`/inventory/${id}`, "_blank", "noopener");
    else void navigate({ to: "/inventory/$itemId", params: { itemId: id } });
  };
  const filtered = type !== undefined || q !== undefined;
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} />}>
      <Toolbar>
        <SearchInput
          key={q ?? ""}
          value={q ?? ""}
          label={t("search")}
          onSearch={(text) => set({ q: text === "" ? undefined : text })}
        />
        <Types q={q} chosen={type} onChoose={(next) => set({ type: next })} />
      </Toolbar>
      <Panel fill>
        <StateView
          query={items}
          isEmpty={(rows) => rows.length === 0}
          empty={
            filtered ? (
              <EmptyState kind="filtered" title={t("filtered.title")} text={t("filtered.text")} />
            ) : (
              <EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} />
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
              paging={items}
            />
          )}
        </StateView>
      </Panel>
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
    <fieldset className={styles.facets} aria-label={t("field.type")}>
      <button type="button" aria-pressed={chosen === undefined} onClick={() => onChoose(undefined)}>
        {t("all")} <span className="num">{`${data.items.length}${more}`}</span>
      </button>
      {facetsOf(data.items, chosen).map(({ type, count }) => (
        <button
          key={type}
          type="button"
          aria-pressed={chosen === type}
          onClick={() => onChoose(chosen === type ? undefined : type)}
        >
          {typeName(type)} <span className="num">{`${count}${more}`}</span>
        </button>
      ))}
    </fieldset>
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

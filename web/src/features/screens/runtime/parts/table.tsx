import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { saveFile } from "@/lib/files/save";
import styles from "../data.module.css";
import { csvOf } from "../effects";
import { columnsIn, fieldOf, found, type Row, type Sorting, sorted } from "../model/table";
import { usePage } from "../page";
import { ask } from "../queries";
import { resolved } from "../resolve";
import type { Of, Schemas } from "../types";
import { useRows, useWords } from "../use-bound";
import { Nothing, Problem } from "./containers";
import { isNumeric, selects, TableBody } from "./table-body";

type Column = Schemas["TableColumn"];

/** Pages that the server cuts: the cursors that led to the ones before, and what is shown now. */
function usePages(node: Of<"table">) {
  const access = usePage();
  const { shown, store } = access;
  const [cursors, setCursors] = useState<string[]>([]);
  const source = node.source ? shown.document.data?.[node.source] : undefined;
  const isOn = node.paging === "server" && source?.type === "api";
  const cursor = cursors.at(-1);
  const page = useQuery({
    queryKey: ["screen", shown.slug, shown.version, node.source, "page", cursor ?? "", node.page_size],
    enabled: isOn && cursor !== undefined,
    queryFn: async ({ signal }) => {
      if (source?.type !== "api") return { value: null, rows: [] };
      const { sample, when, refresh_s, ...asked } = source;
      const plain = (await resolved(asked, store, {})) as typeof source;
      return ask(
        { ...plain, parameters: { ...plain.parameters, cursor, limit: node.page_size ?? 50 } as never },
        access,
        signal,
      );
    },
  });
  const first = useSyncExternalStore(store.subscribe, () =>
    node.source ? store.read().data[node.source]?.value : null,
  );
  const current = cursor === undefined ? first : page.data?.value;
  const next = (current as { next_cursor?: string | null } | null)?.next_cursor ?? null;
  return {
    isOn,
    rows: cursor === undefined ? null : ((page.data?.rows ?? []) as Row[]),
    hasNext: next !== null,
    hasBefore: cursors.length > 0,
    forward: () => next !== null && setCursors([...cursors, next]),
    back: () => setCursors(cursors.slice(0, -1)),
  };
}

/** What a reader does with the rows: look for, filter, sort and leaf through them. */
function useReading(node: Of<"table">, all: readonly Row[]) {
  const { language } = usePage();
  const [text, setText] = useState("");
  const [filters, setFilters] = useState<Record<string, string>>({});
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [page, setPage] = useState(0);
  const rows = useMemo(
    () => sorted(found(all, text, filters), sorting, language),
    [all, text, filters, sorting, language],
  );
  const size = node.page_size ?? 50;
  const paged = (node.paging ?? "client") === "client";
  const last = paged ? Math.max(0, Math.ceil(rows.length / size) - 1) : 0;
  const at = Math.min(page, last);
  return {
    text,
    setText,
    filters,
    filter: (key: string, value: string) => setFilters({ ...filters, [key]: value }),
    sorting,
    sort: (key: string) => setSorting((kept) => turned(kept, key)),
    rows,
    cut: useMemo(() => (paged ? rows.slice(at * size, (at + 1) * size) : rows), [rows, paged, at, size]),
    hasBefore: at > 0,
    hasNext: at < last,
    back: () => setPage(at - 1),
    forward: () => setPage(at + 1),
  };
}

/** Up, then down, then as it came. */
function turned(kept: Sorting | null, key: string): Sorting | null {
  if (kept?.key !== key) return { key, down: false };
  return kept.down ? null : { key, down: true };
}

function useColumns(node: Of<"table">, all: readonly Row[]): Column[] {
  return useMemo(
    () =>
      node.columns?.length ? node.columns : columnsIn(all).map((key) => ({ key, label: key }) as Column),
    [node.columns, all],
  );
}

export function TablePart({ node }: { node: Of<"table"> }) {
  const { t } = useTranslation("screens");
  const bound = useRows(node.rows);
  const pages = usePages(node);
  const label = useWords(node.label) || t("table");
  const empty = useWords(node.empty);
  const all = pages.rows ?? bound.rows;
  const reading = useReading(node, all);
  const columns = useColumns(node, all);
  if (bound.problem !== null) return <Problem text={bound.problem} />;
  return (
    <section className={styles.tableFrame} aria-label={label}>
      <Tools node={node} label={label} reading={reading} onSave={() => save(reading.rows, columns, label)} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={styles.tableScroll} tabIndex={0} aria-label={label}>
        <table className={styles.table} aria-label={label}>
          <thead>
            <tr>
              {selects(node) ? <th scope="col" aria-label={t("select")} /> : null}
              {columns.map((column) => (
                <HeadCell
                  key={column.key}
                  column={column}
                  sorting={reading.sorting}
                  filter={reading.filters[column.key] ?? ""}
                  onSort={() => reading.sort(column.key)}
                  onFilter={(value) => reading.filter(column.key, value)}
                />
              ))}
              {node.actions?.length ? <th scope="col">{t("actions")}</th> : null}
            </tr>
          </thead>
          <TableBody node={node} columns={columns} rows={reading.cut} />
        </table>
      </section>
      {bound.ready && reading.rows.length === 0 ? <Nothing text={empty} /> : null}
      <Foot count={reading.rows.length} leaf={pages.isOn ? pages : reading} />
    </section>
  );
}

interface ToolsProps {
  node: Of<"table">;
  label: string;
  reading: ReturnType<typeof useReading>;
  onSave(): void;
}

function Tools({ node, label, reading, onSave }: ToolsProps) {
  const { t } = useTranslation("screens");
  return (
    <div className={styles.tableTools}>
      <h3>{label}</h3>
      {node.search ? (
        <TextInput
          type="search"
          aria-label={t("search")}
          placeholder={t("search")}
          value={reading.text}
          onChange={(event) => reading.setText(event.currentTarget.value)}
        />
      ) : null}
      {node.export ? (
        <Button variant="default" size="compact-sm" onClick={onSave}>
          {t("csv")}
        </Button>
      ) : null}
    </div>
  );
}

function save(rows: readonly Row[], columns: readonly Column[], name: string): void {
  const kept = rows.map((row) => Object.fromEntries(columns.map(({ key }) => [key, fieldOf(row, key)])));
  saveFile(`${name}.csv`, "text/csv", csvOf(kept));
}

interface HeadProps {
  column: Column;
  sorting: Sorting | null;
  filter: string;
  onSort(): void;
  onFilter(text: string): void;
}

function HeadCell({ column, sorting, filter, onSort, onFilter }: HeadProps) {
  const label = useWords(column.label) || column.key;
  const isSorted = sorting?.key === column.key;
  return (
    <th
      scope="col"
      aria-sort={isSorted ? (sorting.down ? "descending" : "ascending") : "none"}
      style={column.width ? { width: column.width } : undefined}
      data-right={isNumeric(column) || undefined}
    >
      {column.sortable === false ? (
        label
      ) : (
        <button type="button" onClick={onSort}>
          {label}
          {isSorted ? (sorting.down ? " ▾" : " ▴") : ""}
        </button>
      )}
      {column.filterable ? (
        <input aria-label={label} value={filter} onChange={(event) => onFilter(event.currentTarget.value)} />
      ) : null}
    </th>
  );
}

interface Leaf {
  hasBefore: boolean;
  hasNext: boolean;
  back(): void;
  forward(): void;
}

function Foot({ count, leaf }: { count: number; leaf: Leaf }) {
  const { t } = useTranslation("screens");
  return (
    <footer className={styles.tableFoot}>
      <span>{t("rows", { count })}</span>
      {leaf.hasBefore || leaf.hasNext ? (
        <span>
          <Button variant="subtle" size="compact-xs" disabled={!leaf.hasBefore} onClick={leaf.back}>
            {t("before")}
          </Button>
          <Button variant="subtle" size="compact-xs" disabled={!leaf.hasNext} onClick={leaf.forward}>
            {t("next")}
          </Button>
        </span>
      ) : null}
    </footer>
  );
}

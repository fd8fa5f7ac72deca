import { Button } from "@mantine/core";
import { type ReactTable, type RowData, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type Columns, type Features, features } from "./columns";
import { nextRow } from "./keys";
import { PickAll, type Picking } from "./Picks";
import { Row } from "./Row";
import styles from "./table.module.css";

export interface Paging {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage(): unknown;
}

interface Props<T extends RowData> {
  /** What the list is, for those who cannot see it. */
  label: string;
  /** Must be stable: module scope, useMemo or a query's data. */
  columns: Columns<T>;
  rows: T[];
  rowId(row: T): string;
  selectedId?: string | null | undefined;
  /** Opens a row; `newTab` for Mod+click and the middle button. */
  onOpen?: ((row: T, newTab: boolean) => void) | undefined;
  paging?: Paging | undefined;
  /** Gives every row a box to tick, and `x` on the keyboard. */
  picking?: Picking | undefined;
}

const rowHeight = 31;
/** Below this every row is in the page, so that the browser's own search finds it. */
const virtualFrom = 120;

export function DataTable<T extends RowData>(props: Props<T>) {
  const { label, columns, rows, rowId, selectedId, onOpen, paging, picking } = props;
  const frame = useRef<HTMLElement>(null);
  const table = useTable({ features, columns, data: rows, getRowId: rowId });
  const all = table.getRowModel().rows;
  const virtual = all.length >= virtualFrom;
  const virtualizer = useVirtualizer({
    count: virtual ? all.length : 0,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const { shown, before, after } = visibleRows(all, virtual ? virtualizer : null);
  const move = (event: KeyboardEvent, index: number) => {
    const to = nextRow(event, index, all.length);
    if (to === null) return;
    event.preventDefault();
    // At once where the row is in the page: the next key may come before the next frame and must find it focused.
    const focus = () => frame.current?.querySelector<HTMLElement>(`[data-index="${to}"]`)?.focus();
    if (virtual) virtualizer.scrollToIndex(to);
    focus();
    if (virtual) requestAnimationFrame(focus);
  };

  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section ref={frame} className={styles.frame} tabIndex={0} aria-label={label}>
        <table className={styles.table} aria-label={label} aria-rowcount={all.length}>
          <Head
            table={table}
            lead={picking === undefined ? null : <PickAll picking={picking} ids={all.map(({ id }) => id)} />}
          />
          <tbody>
            <Gap height={before} />
            {shown.map(({ row, index }) => (
              <Row
                key={row.id}
                table={table}
                row={row}
                index={index}
                selected={row.id === selectedId}
                onOpen={onOpen}
                onMove={move}
                picking={picking}
              />
            ))}
            <Gap height={after} />
          </tbody>
        </table>
      </section>
      <Foot count={all.length} paging={paging} />
    </>
  );
}

interface Windowed {
  getVirtualItems(): { index: number; start: number; end: number }[];
  getTotalSize(): number;
}

/** The rows in view and the height of what is left out above and below. */
function visibleRows<R>(all: R[], virtualizer: Windowed | null) {
  if (virtualizer === null) return { shown: all.map((row, index) => ({ row, index })), before: 0, after: 0 };
  const items = virtualizer.getVirtualItems();
  const shown = items.flatMap(({ index }) => {
    const row = all[index];
    return row === undefined ? [] : [{ row, index }];
  });
  return {
    shown,
    before: items[0]?.start ?? 0,
    after: virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0),
  };
}

function Head<T extends RowData>({ table, lead }: { table: ReactTable<Features, T>; lead: ReactNode }) {
  return (
    <thead>
      {table.getHeaderGroups().map((group) => (
        <tr key={group.id}>
          {lead === null ? null : (
            <th scope="col" className={styles.pick}>
              {lead}
            </th>
          )}
          {group.headers.map((header) => (
            <th
              key={header.id}
              scope="col"
              data-align={header.column.columnDef.meta?.align}
              style={{ width: header.column.columnDef.meta?.width }}
            >
              <table.FlexRender header={header} />
            </th>
          ))}
        </tr>
      ))}
    </thead>
  );
}

function Gap({ height }: { height: number }) {
  return height <= 0 ? null : (
    <tr className={styles.gap} aria-hidden>
      <td style={{ height }} />
    </tr>
  );
}

function Foot({ count, paging }: { count: number; paging: Paging | undefined }) {
  const { t } = useTranslation("common");
  return (
    <div className={styles.foot}>
      <span className="num">
        {paging?.hasNextPage === true ? t("table.more", { count }) : t("table.all", { count })}
      </span>
      {paging?.hasNextPage === true ? (
        <Button
          variant="subtle"
          size="compact-xs"
          loading={paging.isFetchingNextPage}
          onClick={() => void paging.fetchNextPage()}
        >
          {t("action.loadMore")}
        </Button>
      ) : null}
    </div>
  );
}

import type { Row as ModelRow, ReactTable, RowData } from "@tanstack/react-table";
import type { KeyboardEvent, MouseEvent } from "react";
import type { Features } from "./columns";
import { isOwnControl } from "./keys";
import { type Picking, PickOne } from "./Picks";
import styles from "./table.module.css";

interface Props<T extends RowData> {
  table: ReactTable<Features, T>;
  row: ModelRow<Features, T>;
  index: number;
  selected: boolean;
  onOpen: ((row: T, newTab: boolean) => void) | undefined;
  onMove(event: KeyboardEvent, index: number): void;
  picking: Picking | undefined;
}

export function Row<T extends RowData>(props: Props<T>) {
  const { table, row, index, selected, onOpen, onMove, picking } = props;
  const open = (event: MouseEvent) => {
    if (onOpen === undefined || isOwnControl(event.target) || event.button > 1) return;
    onOpen(row.original, event.metaKey || event.ctrlKey || event.button === 1);
  };
  const onKey = (event: KeyboardEvent<HTMLTableRowElement>) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === "Enter") onOpen?.(row.original, event.metaKey || event.ctrlKey);
    else if (event.code === "KeyX" && picking !== undefined && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      picking.toggle(row.id, event.shiftKey);
    } else onMove(event, index);
  };
  return (
    <tr
      className={styles.row}
      data-index={index}
      data-opens={onOpen !== undefined || undefined}
      data-selected={selected || undefined}
      data-picked={picking?.has(row.id) || undefined}
      aria-selected={onOpen === undefined ? undefined : selected}
      tabIndex={onOpen === undefined && picking === undefined ? undefined : 0}
      onClick={open}
      onAuxClick={open}
      onKeyDown={onKey}
    >
      {picking === undefined ? null : (
        <td className={styles.pick}>
          <PickOne picking={picking} id={row.id} />
        </td>
      )}
      {row.getAllCells().map((cell) => (
        <td key={cell.id} data-align={cell.column.columnDef.meta?.align}>
          <table.FlexRender cell={cell} />
        </td>
      ))}
    </tr>
  );
}

import {
  type CellData,
  type ColumnDef,
  createColumnHelper,
  type RowData,
  type TableFeatures,
  tableFeatures,
} from "@tanstack/react-table";

/** Server lists are ordered and filtered by the server, so the table needs no feature of its own. */
export const features = tableFeatures({});
export type Features = typeof features;

declare module "@tanstack/react-table" {
  interface ColumnMeta<
    in out TFeatures extends TableFeatures,
    in out TData extends RowData,
    TValue extends CellData = CellData,
  > {
    align?: "start" | "end";
    width?: number | string;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a list of columns mixes value types; the library's own type says any
export type Columns<T extends RowData> = ColumnDef<Features, T, any>[];

export function columnsOf<T extends RowData>() {
  return createColumnHelper<Features, T>();
}

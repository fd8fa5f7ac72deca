import type { RowData } from "@tanstack/react-table";
import { type ReactNode, useRef } from "react";
import { SearchInput } from "../input/SearchInput";
import { Toolbar } from "../page/Page";
import { Panel } from "../page/Panel";
import { EmptyState } from "../state/EmptyState";
import { type QueryLike, StateView } from "../state/StateView";
import type { Columns } from "../table/columns";
import { DataTable, type Paging } from "../table/DataTable";
import styles from "./list.module.css";
import { useListKeys } from "./use-list-keys";
import type { PickedRows } from "./use-picked";

interface Search {
  label: string;
  text: string | undefined;
  onSearch(text: string | undefined): void;
}

interface Props<T extends RowData & { id: string }> {
  /** What the list is, for those who cannot see it. */
  label: string;
  /** What `usePaged` answers. */
  query: QueryLike<T[]> & Paging;
  columns: Columns<T>;
  search: Search;
  /** Facets and what else belongs beside the search field. */
  tools?: ReactNode;
  /** Facets as a column beside the list. */
  aside?: ReactNode;
  /** Whether the search or a facet leaves rows out: an empty list then says so. */
  filtered: boolean;
  /** Why there is nothing while nothing is left out. */
  nothing: ReactNode;
  /** Why nothing is left. */
  filteredOut?: ReactNode;
  selectedId?: string | undefined;
  onOpen?: (row: T, newTab: boolean) => void;
  picking?: PickedRows | undefined;
  /** What can be done with the ticked rows; stands in for the tools while rows are ticked. */
  bulk?: ReactNode;
}

const idOf = ({ id }: { id: string }) => id;

/** Search, facets, rows by cursor, selection, keyboard, and an honest word for every state: the same on every list page. */
export function ListPanel<T extends RowData & { id: string }>(props: Props<T>) {
  const { label, query, columns, search, tools, aside, picking, bulk } = props;
  const frame = useRef<HTMLDivElement>(null);
  useListKeys(frame, picking !== undefined);
  const empty = props.filtered ? (props.filteredOut ?? <EmptyState kind="filtered" />) : props.nothing;
  const rows = (
    <Panel fill>
      <StateView query={query} isEmpty={(all) => all.length === 0} empty={empty}>
        {(all) => (
          <DataTable
            label={label}
            columns={columns}
            rows={all}
            rowId={idOf}
            selectedId={props.selectedId}
            onOpen={props.onOpen}
            paging={query}
            picking={picking}
          />
        )}
      </StateView>
    </Panel>
  );
  return (
    <div className={styles.list} ref={frame}>
      <Toolbar>
        <SearchInput
          key={search.text ?? ""}
          value={search.text ?? ""}
          label={search.label}
          onSearch={(text) => search.onSearch(text === "" ? undefined : text)}
        />
        {(picking?.count ?? 0) > 0 ? bulk : tools}
      </Toolbar>
      {aside === undefined ? (
        rows
      ) : (
        <div className={styles.split}>
          <div className={styles.aside}>{aside}</div>
          <div className={styles.rows}>{rows}</div>
        </div>
      )}
    </div>
  );
}

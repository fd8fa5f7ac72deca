import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { type QueryLike, StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable, type Paging } from "@/components/table/DataTable";
import type { Asset } from "@/lib/api/types";
import { stageOf } from "@/lib/query/asset";

const column = columnsOf<Asset>();

interface Props {
  label: string;
  query: QueryLike<Asset[]> & Paging;
  empty: ReactNode;
  onOpen(asset: Asset): void;
}

/** Routes or templates: their names, keys and whether they are in force. */
export function AssetList({ label, query, empty, onOpen }: Props) {
  const columns = useColumns();
  return (
    <Panel fill>
      <StateView query={query} isEmpty={(rows) => rows.length === 0} empty={empty}>
        {(rows) => (
          <DataTable
            label={label}
            columns={columns}
            rows={rows}
            rowId={({ id }) => id}
            onOpen={onOpen}
            paging={query}
          />
        )}
      </StateView>
    </Panel>
  );
}

function useColumns() {
  const { t } = useTranslation("channels");
  return useMemo(
    () =>
      column.columns([
        column.accessor("name", { header: t("field.name") }),
        column.accessor("key", {
          header: t("field.assetKey"),
          cell: ({ getValue }) => <code>{getValue()}</code>,
        }),
        column.display({
          id: "state",
          header: t("field.state"),
          cell: ({ row: { original } }) => {
            const stage = stageOf(original);
            const tone = stage === "published" ? "ok" : stage === "changed" ? "warn" : "idle";
            return <StatusBadge plain tone={tone} label={t(`common:lifecycle.${stage}`)} />;
          },
        }),
        column.accessor("updated_at", {
          header: t("field.changed"),
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
      ]),
    [t],
  );
}

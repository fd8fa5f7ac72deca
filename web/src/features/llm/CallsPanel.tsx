import { Button, NativeSelect } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { LlmCall } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import styles from "./llm.module.css";
import { dollars, outcomes, outcomeTones, purposes } from "./model";
import { type CallFilters, useCalls } from "./queries";

const column = columnsOf<LlmCall>();

interface Props {
  filters: CallFilters;
  selected: string | undefined;
  keptDays: number | undefined;
  onFilter(change: CallFilters): void;
  onOpen(id: string): void;
}

/** Every call, newest first. */
export function CallsPanel({ filters, selected, keptDays, onFilter, onOpen }: Props) {
  const { t } = useTranslation("llm");
  const calls = useCalls(filters);
  const columns = useCallColumns();
  const filtered = Object.values(filters).some((value) => value !== undefined);
  return (
    <Panel title={t("calls.title")} actions={<Filters filters={filters} onFilter={onFilter} />}>
      <StateView
        query={calls}
        isEmpty={(rows) => rows.length === 0}
        empty={
          filtered ? (
            <EmptyState kind="filtered" compact />
          ) : (
            <EmptyState
              kind="nothing"
              compact
              title={t("calls.none")}
              text={keptDays === undefined ? "" : t("calls.kept", { count: keptDays })}
            />
          )
        }
      >
        {(rows) => (
          <DataTable
            label={t("calls.title")}
            columns={columns}
            rows={rows}
            rowId={({ id }) => id}
            selectedId={selected}
            onOpen={({ id }) => onOpen(id)}
            paging={calls}
          />
        )}
      </StateView>
    </Panel>
  );
}

function Filters({ filters, onFilter }: Pick<Props, "filters" | "onFilter">) {
  const { t } = useTranslation("llm");
  return (
    <div className={styles.filters}>
      {filters.trace === undefined ? null : (
        <Button size="compact-sm" variant="default" onClick={() => onFilter({ trace: undefined })}>
          {t("calls.oneQuestion")}
        </Button>
      )}
      <NativeSelect
        size="xs"
        aria-label={t("calls.purpose")}
        value={filters.purpose ?? ""}
        data={[
          { value: "", label: t("calls.everyPurpose") },
          ...purposes.map((value) => ({ value, label: t(`purpose.${value}`) })),
        ]}
        onChange={({ currentTarget: { value } }) =>
          onFilter({ purpose: purposes.find((one) => one === value) })
        }
      />
      <NativeSelect
        size="xs"
        aria-label={t("calls.outcome")}
        value={filters.outcome ?? ""}
        data={[
          { value: "", label: t("calls.everyOutcome") },
          ...outcomes.map((value) => ({ value, label: t(`outcome.${value}`) })),
        ]}
        onChange={({ currentTarget: { value } }) =>
          onFilter({ outcome: outcomes.find((one) => one === value) })
        }
      />
    </div>
  );
}

function useCallColumns() {
  const { t, i18n } = useTranslation("llm");
  return useMemo(() => {
    const count = (value: number | null) => (value === null ? "–" : value.toLocaleString(i18n.language));
    return column.columns([
      column.accessor("at", {
        header: t("calls.at"),
        cell: ({ getValue }) => (
          <span className={styles.whole}>
            <TimeAgo at={getValue()} />
          </span>
        ),
      }),
      column.accessor("outcome", {
        header: t("calls.outcome"),
        cell: ({ getValue }) => (
          <StatusBadge tone={outcomeTones[getValue()]} label={t(`outcome.${getValue()}`)} />
        ),
      }),
      column.accessor("purpose", {
        header: t("calls.purpose"),
        cell: ({ getValue }) => t(`purpose.${getValue()}`),
      }),
      column.accessor("model", { header: t("calls.model") }),
      column.display({
        id: "tokens",
        header: t("calls.tokens"),
        meta: { align: "end" },
        cell: ({ row: { original } }) => (
          <span className={`num ${styles.whole}`}>
            {original.tokens_in === null
              ? "–"
              : `${count(original.tokens_in)} → ${count(original.tokens_out)}`}
          </span>
        ),
      }),
      column.accessor("cost", {
        header: t("calls.cost"),
        meta: { align: "end" },
        cell: ({ getValue }) => (
          <span className={`num ${styles.whole}`}>{dollars(getValue(), i18n.language)}</span>
        ),
      }),
      column.accessor("took_ms", {
        header: t("calls.took"),
        meta: { align: "end" },
        cell: ({ getValue }) => (
          <span className={`num ${styles.whole}`}>{showText(getValue(), "ms", i18n.language)}</span>
        ),
      }),
      column.accessor("asked_by_name", { header: t("calls.by") }),
    ]);
  }, [t, i18n.language]);
}

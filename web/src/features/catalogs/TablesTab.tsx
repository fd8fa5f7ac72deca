import { Checkbox, Switch } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ListPanel } from "@/components/list/ListPanel";
import { EmptyState } from "@/components/state/EmptyState";
import { StatusBadge } from "@/components/status/StatusBadge";
import { columnsOf } from "@/components/table/columns";
import type { CatalogOverview } from "@/lib/api/types";
import { useFilters } from "@/lib/navigation/use-filters";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import styles from "./catalogs.module.css";
import { wordPointer, wordsOf } from "./model/words";
import { type TableRow, useTables } from "./queries";
import { RowCount } from "./RowCount";
import { TableDetail } from "./TableDetail";
import type { WordsEditing } from "./use-words";

const column = columnsOf<TableRow>();

interface Props {
  overview: CatalogOverview;
  editing: WordsEditing;
}

/** The tables with their words; the chosen one beside the list. */
export function TablesTab({ overview, editing }: Props) {
  const { t } = useTranslation("catalogs");
  const { filters, set } = useFilters<{ q?: string | undefined }>();
  const [problem, setProblem] = useState(false);
  const { selected, select } = useSelection();
  const tables = useTables(overview.id, filters.q, problem);
  const never = overview.last === null;
  return (
    <div className={styles.split} data-open={selected !== undefined || undefined}>
      <ListPanel
        label={t("tab.tables")}
        query={tables}
        columns={useTableColumns(editing)}
        search={{ label: t("tables.search"), text: filters.q, onSearch: (text) => set({ q: text }) }}
        tools={
          <Checkbox
            size="xs"
            label={t("tables.problem")}
            checked={problem}
            onChange={(event) => setProblem(event.currentTarget.checked)}
          />
        }
        filtered={filters.q !== undefined || problem}
        nothing={
          <EmptyState
            kind="nothing"
            title={never ? t("tables.unscanned.title") : t("tables.none.title")}
            text={never ? t("tables.unscanned.text") : t("tables.none.text")}
          />
        }
        selectedId={selected}
        onOpen={openSelected(select)}
      />
      {selected === undefined ? null : (
        <TableDetail
          key={selected}
          id={overview.id}
          path={selected}
          editing={editing}
          onClose={() => select(undefined)}
        />
      )}
    </div>
  );
}

function useTableColumns(editing: WordsEditing) {
  const { t, i18n } = useTranslation("catalogs");
  const language = i18n.language.startsWith("ko") ? "ko" : "en";
  const { content, readOnly, edit } = editing;
  return useMemo(
    () =>
      column.columns([
        column.display({
          id: "enabled",
          header: t("words.on"),
          meta: { width: 64 },
          cell: ({ row: { original } }) => (
            <Switch
              aria-label={t("words.enabledOf", { name: original.path })}
              checked={wordsOf(content, original.path, null).enabled}
              disabled={readOnly}
              onClick={(event) => event.stopPropagation()}
              onChange={(event) =>
                edit(wordPointer(original.path, null, "enabled"), event.currentTarget.checked)
              }
            />
          ),
        }),
        column.accessor("path", {
          header: t("field.table"),
          cell: ({ row: { original } }) => (
            <span className={styles.inline}>
              <code className={styles.code}>{original.path}</code>
              {original.kind === "table" ? null : (
                <span className={styles.note}>{t(`kind.${original.kind}`)}</span>
              )}
              {original.problem === null ? null : (
                <span title={original.problem}>
                  <StatusBadge plain tone="warn" label={t("tables.hasProblem")} />
                </span>
              )}
            </span>
          ),
        }),
        column.display({
          id: "description",
          header: t("words.description"),
          cell: ({ row: { original } }) => {
            const { description } = wordsOf(content, original.path, null);
            const other = language === "ko" ? "en" : "ko";
            return (
              description[language] ||
              description[other] || <span className={styles.note}>{original.comment}</span>
            );
          },
        }),
        column.accessor("columns", {
          header: t("field.columns"),
          meta: { width: 80, align: "end" },
          cell: ({ getValue }) => <span className="num">{getValue()}</span>,
        }),
        column.accessor("rows", {
          header: t("field.rows"),
          meta: { width: 110, align: "end" },
          cell: ({ row: { original } }) => <RowCount rows={original.rows} />,
        }),
      ]),
    [t, content, readOnly, edit, language],
  );
}

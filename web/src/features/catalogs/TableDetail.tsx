import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { CatalogTableDetail } from "@/lib/api/types";
import { ColumnWords } from "./ColumnWords";
import styles from "./catalogs.module.css";
import columnStyles from "./columns.module.css";
import { tableQuery } from "./queries";
import { RowCount } from "./RowCount";
import { SampleRows } from "./SampleRows";
import type { WordsEditing } from "./use-words";
import { WordFields } from "./WordFields";

interface Props {
  id: string;
  path: string;
  editing: WordsEditing;
  onClose(): void;
}

/** One table: its words, its columns with theirs, keys, and a masked sample. */
export function TableDetail({ id, path, editing, onClose }: Props) {
  const { t } = useTranslation("catalogs");
  const table = useQuery(tableQuery(id, path));
  return (
    <section className={styles.detail} aria-label={path}>
      <div className={styles.detailHead}>
        <h2 className={styles.detailTitle}>{path}</h2>
        <ActionIcon aria-label={t("common:action.close")} onClick={onClose}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={styles.detailBody} tabIndex={0} aria-label={t("tables.detail")}>
        <StateView query={table} compact>
          {(found) => <Known table={found} editing={editing} />}
        </StateView>
      </section>
    </section>
  );
}

function Known({ table, editing }: { table: CatalogTableDetail; editing: WordsEditing }) {
  const { t } = useTranslation("catalogs");
  const { structure } = table;
  return (
    <>
      <div className={styles.facts}>
        <span>{t(`kind.${table.kind}`)}</span>
        <span>
          {t("field.rows")} <RowCount rows={table.rows} />
        </span>
        <span>
          {t("tables.read")} <TimeAgo at={table.read_at} />
        </span>
        {table.comment === null ? null : <span>{table.comment}</span>}
      </div>
      {table.problem === null ? null : <StatusBadge tone="warn" label={table.problem} />}
      <WordFields table={table.path} column={null} editing={editing} />
      <h3 className={styles.part}>{t("field.columns")}</h3>
      <ul className={columnStyles.columnList}>
        {structure.columns.map((column) => (
          <ColumnWords key={column.name} table={table.path} column={column} editing={editing} />
        ))}
      </ul>
      <Keys structure={structure} />
      {table.samples === null ? null : <SampleRows samples={table.samples} />}
    </>
  );
}

function Keys({ structure }: Pick<CatalogTableDetail, "structure">) {
  const { t } = useTranslation("catalogs");
  const { foreign_keys, referenced_by } = structure;
  if (foreign_keys.length + referenced_by.length === 0) return null;
  return (
    <>
      <h3 className={styles.part}>{t("keys.title")}</h3>
      <ul className={styles.keys}>
        {foreign_keys.map(({ columns, target, referred_columns }) => (
          <li key={`to ${columns.join()} ${target}`}>
            <code>
              {columns.join(", ")} → {target} ({referred_columns.join(", ")})
            </code>
          </li>
        ))}
        {referenced_by.map(({ table, columns, referred_columns }) => (
          <li key={`from ${table} ${columns.join()}`}>
            <code>
              {referred_columns.join(", ")} ← {table} ({columns.join(", ")})
            </code>
          </li>
        ))}
      </ul>
    </>
  );
}

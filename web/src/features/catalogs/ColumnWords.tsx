import { ActionIcon, Switch } from "@mantine/core";
import { IconArrowUpRight, IconChevronDown, IconKey } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CatalogColumn } from "@/lib/api/types";
import styles from "./columns.module.css";
import { wordPointer, wordsOf } from "./model/words";
import type { WordsEditing } from "./use-words";
import { WordFields } from "./WordFields";

interface Props {
  table: string;
  column: CatalogColumn;
  editing: WordsEditing;
}

/** A column in one line; its words below when somebody opens it. */
export function ColumnWords({ table, column, editing }: Props) {
  const { t, i18n } = useTranslation("catalogs");
  const [open, setOpen] = useState(false);
  const { enabled, description, synonyms } = wordsOf(editing.content, table, column.name);
  const [own, other] = i18n.language.startsWith("ko") ? (["ko", "en"] as const) : (["en", "ko"] as const);
  const said = [description[own] || description[other], ...synonyms.ko, ...synonyms.en].filter(Boolean);
  return (
    <li className={styles.column} data-off={!enabled || undefined}>
      <div className={styles.columnLine}>
        <Switch
          aria-label={t("words.enabledOf", { name: column.name })}
          checked={enabled}
          disabled={editing.readOnly}
          onChange={(event) =>
            editing.edit(wordPointer(table, column.name, "enabled"), event.currentTarget.checked)
          }
        />
        <code className={styles.columnName}>{column.name}</code>
        {column.primary ? <Mark icon={IconKey} text={t("keys.primary")} /> : null}
        {column.references.length === 0 ? null : (
          <Mark icon={IconArrowUpRight} text={t("keys.refers", { tables: column.references.join(", ") })} />
        )}
        <span className={styles.type}>
          {column.type}
          {column.nullable ? "" : ` ${t("keys.notNull")}`}
        </span>
        <span className={styles.said}>{said.length === 0 ? column.comment : said.join(" · ")}</span>
        <ActionIcon
          aria-expanded={open}
          aria-label={t("words.edit", { name: column.name })}
          onClick={() => setOpen(!open)}
        >
          <IconChevronDown size={15} aria-hidden className={styles.arrow} data-open={open} />
        </ActionIcon>
      </div>
      {open ? <WordFields table={table} column={column.name} editing={editing} /> : null}
    </li>
  );
}

function Mark({ icon: Icon, text }: { icon: typeof IconKey; text: string }) {
  return (
    <span role="img" aria-label={text} title={text} className={styles.mark}>
      <Icon size={13} aria-hidden />
    </span>
  );
}

import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { emptyRow, type MatcherRow, type Op, ops } from "./model";
import styles from "./silences.module.css";

interface Props {
  label: string;
  rows: readonly MatcherRow[];
  onChange(rows: MatcherRow[]): void;
}

/** Conditions on labels; all of them have to fit. */
export function MatcherRows({ label, rows, onChange }: Props) {
  const { t } = useTranslation("silences");
  const change = (id: number, part: Partial<MatcherRow>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <fieldset className={styles.matchers}>
      <legend>{label}</legend>
      {rows.map((row, at) => (
        <div key={row.id} className={styles.matcher}>
          <TextInput
            aria-label={t("matcher.name", { at: at + 1 })}
            placeholder={t("matcher.example")}
            maxLength={200}
            value={row.name}
            onChange={(event) => change(row.id, { name: event.currentTarget.value })}
          />
          <NativeSelect
            aria-label={t("matcher.op", { at: at + 1 })}
            data={[...ops]}
            value={row.op}
            onChange={(event) => change(row.id, { op: event.currentTarget.value as Op })}
          />
          <TextInput
            aria-label={t("matcher.value", { at: at + 1 })}
            maxLength={2000}
            value={row.value}
            onChange={(event) => change(row.id, { value: event.currentTarget.value })}
          />
          <ActionIcon
            aria-label={t("matcher.remove", { at: at + 1 })}
            disabled={rows.length === 1}
            onClick={() => onChange(rows.filter(({ id }) => id !== row.id))}
          >
            <IconTrash size={15} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChange([...rows, emptyRow(rows)])}
      >
        {t("matcher.add")}
      </Button>
    </fieldset>
  );
}

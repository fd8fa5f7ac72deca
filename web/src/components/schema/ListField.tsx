import { ActionIcon, Button } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Json } from "@/lib/json/pointer";
import { useFlawAt, useSchemaForm } from "./context";
import { FieldView, type ViewProps } from "./FieldView";
import { blankOf } from "./fields";
import styles from "./schema.module.css";

/** Entries in order; moved by buttons, which the keyboard reaches too. */
export function ListField({ field, value, pointer, label, help }: ViewProps<"list">) {
  const { t } = useTranslation("schema");
  const { change, readOnly, root } = useSchemaForm();
  const flaw = useFlawAt(pointer);
  const entries = Array.isArray(value) ? value : [];
  const swap = (at: number, to: number) =>
    change(
      pointer,
      entries.map((each, index) =>
        index === at ? entries[to] : index === to ? entries[at] : each,
      ) as Json[],
    );
  return (
    <fieldset className={styles.group}>
      <legend>{label}</legend>
      {help === undefined ? null : <p className={styles.help}>{help}</p>}
      {flaw === undefined ? null : (
        <p className={styles.flaw} role="alert">
          {flaw}
        </p>
      )}
      {entries.map((each, index) => {
        const name = `${label} ${index + 1}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: an entry of a document is known by its place only
          <div key={index} className={styles.entry}>
            <div className={styles.entryBody}>
              <FieldView
                schema={field.items}
                value={each}
                pointer={`${pointer}/${index}`}
                label={name}
                required
              />
            </div>
            {readOnly ? null : (
              <div className={styles.entryTools}>
                <ActionIcon
                  aria-label={t("up", { name })}
                  disabled={index === 0}
                  onClick={() => swap(index, index - 1)}
                >
                  <IconArrowUp size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  aria-label={t("down", { name })}
                  disabled={index === entries.length - 1}
                  onClick={() => swap(index, index + 1)}
                >
                  <IconArrowDown size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  aria-label={t("remove", { name })}
                  onClick={() => change(`${pointer}/${index}`, undefined)}
                >
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              </div>
            )}
          </div>
        );
      })}
      {readOnly ? null : (
        <Button
          className={styles.add ?? ""}
          variant="default"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => change(pointer, [...entries, blankOf(field.items, root)])}
        >
          {t("add")}
        </Button>
      )}
    </fieldset>
  );
}

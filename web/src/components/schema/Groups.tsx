import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isObject, type Json, pointerOf, valueAt } from "@/lib/json/pointer";
import type { Flaw } from "./check";
import { useFlawAt, useFlawText, usePropertyWord, useSchemaForm } from "./context";
import { FieldView, type ViewProps } from "./FieldView";
import { blankOf, branchOf } from "./fields";
import styles from "./schema.module.css";

export function FlawLine({ flaw, name }: { flaw: Flaw; name?: string | undefined }) {
  const text = useFlawText();
  return (
    <p className={styles.flaw} role="alert">
      {name === undefined ? null : <code>{name}</code>} {text(flaw)}
    </p>
  );
}

function OwnFlaw({ pointer }: { pointer: string }) {
  const text = useFlawAt(pointer);
  return text === undefined ? null : (
    <p className={styles.flaw} role="alert">
      {text}
    </p>
  );
}

const child = (pointer: string, name: string | number) => `${pointer}${pointerOf([name])}`;

export function Group({ field, value, pointer, label, help }: ViewProps<"group">) {
  const word = usePropertyWord();
  const object = isObject(value) ? value : {};
  const fields = field.properties.map(({ name, schema, required }) => (
    <FieldView
      key={name}
      schema={schema}
      value={valueAt(object, pointerOf([name]))}
      pointer={child(pointer, name)}
      label={word(name)}
      required={required}
    />
  ));
  if (label === "") return fields;
  return (
    <fieldset className={styles.group}>
      <legend>{label}</legend>
      {help === undefined ? null : <p className={styles.help}>{help}</p>}
      <OwnFlaw pointer={pointer} />
      {fields}
    </fieldset>
  );
}

/** One of several forms. What the old and the new one both have, by name, is kept. */
export function Union({ field, value, pointer, label, help }: ViewProps<"union">) {
  const { t } = useTranslation("schema");
  const { change, readOnly, root } = useSchemaForm();
  const branch = branchOf(field, value, root);
  const choose = (name: string) => {
    const next = field.branches.find((each) => each.name === name);
    if (next === undefined) return;
    const blank = blankOf(next.schema, root);
    change(pointer, isObject(blank) && isObject(value) ? carried(value, blank, field.discriminator) : blank);
  };
  return (
    <fieldset className={styles.group}>
      <legend>{label}</legend>
      <NativeSelect
        label={field.discriminator === null ? t("form") : t("type")}
        description={help}
        error={useFlawAt(pointer)}
        disabled={readOnly}
        value={branch?.name ?? ""}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[...(branch === undefined ? [""] : []), ...field.branches.map(({ name }) => name)]}
      />
      {branch === undefined ? null : (
        <FieldView schema={branch.schema} value={value} pointer={pointer} label="" required />
      )}
    </fieldset>
  );
}

function carried(old: Record<string, Json>, blank: Record<string, Json>, discriminator: string | null) {
  const kept = Object.entries(blank).map(([name, value]) => {
    const before = old[name];
    return [name, name !== discriminator && typeof before === typeof value ? (before ?? value) : value];
  });
  return Object.fromEntries(kept) as Record<string, Json>;
}

/** Names and values that people choose. */
export function MapField({ field, value, pointer, label, help }: ViewProps<"map">) {
  const { t } = useTranslation("schema");
  const { change, readOnly, root } = useSchemaForm();
  const [name, setName] = useState("");
  const object = isObject(value) ? value : {};
  const taken = name.trim() === "" || Object.hasOwn(object, name.trim());
  return (
    <fieldset className={styles.group}>
      <legend>{label}</legend>
      {help === undefined ? null : <p className={styles.help}>{help}</p>}
      <OwnFlaw pointer={pointer} />
      {Object.entries(object).map(([key, each]) => (
        <div key={key} className={styles.entry}>
          <div className={styles.entryBody}>
            <FieldView
              schema={field.values}
              value={each}
              pointer={child(pointer, key)}
              label={key}
              required
            />
          </div>
          {readOnly ? null : (
            <ActionIcon
              aria-label={t("remove", { name: key })}
              onClick={() => change(child(pointer, key), undefined)}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          )}
        </div>
      ))}
      {readOnly ? null : (
        <div className={styles.entry}>
          <TextInput
            className={styles.entryBody ?? ""}
            aria-label={t("newName")}
            placeholder={t("newName")}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button
            variant="default"
            leftSection={<IconPlus size={15} aria-hidden />}
            disabled={taken}
            onClick={() => {
              change(child(pointer, name.trim()), blankOf(field.values, root));
              setName("");
            }}
          >
            {t("add")}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

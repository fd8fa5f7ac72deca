import { MultiSelect, NativeSelect, Switch, TagsInput } from "@mantine/core";
import type { ReactNode } from "react";
import { isObject, type Json, same } from "@/lib/json/pointer";
import { useChoiceWord, useFlawAt, useHelp, useSchemaForm } from "./context";
import { blankOf, type Field, fieldOf, resolved, type Schema } from "./fields";
import { FlawLine, Group, MapField, Union } from "./Groups";
import { JsonField } from "./JsonField";
import { ListField } from "./ListField";
import { NumberField, TextField } from "./Scalars";
import styles from "./schema.module.css";

export interface FieldProps {
  schema: Schema;
  /** Undefined where the document leaves it out: its default is shown then, and not written. */
  value: Json | undefined;
  pointer: string;
  label: string;
  required: boolean;
}

export interface ViewProps<S extends Field["shape"]> extends FieldProps {
  field: Extract<Field, { shape: S }>;
  help: ReactNode;
}

/** One value of a document, by the shape that its schema gives it. */
export function FieldView(props: FieldProps) {
  const { root } = useSchemaForm();
  const here = resolved(props.schema, root);
  const value = props.value === undefined && "default" in here ? here["default"] : props.value;
  const said = useHelp()(here, props.pointer.split("/").at(-1) ?? "");
  const help = said !== undefined && props.pointer !== "" ? <Help text={said} /> : undefined;
  const field = fieldOf(here, root);
  const shown = { ...props, schema: here, value, help };
  switch (field.shape) {
    case "text":
      return <TextField {...shown} field={field} />;
    case "number":
      return <NumberField {...shown} field={field} />;
    case "flag":
      return <Flag {...shown} field={field} />;
    case "choice":
      return <Choice {...shown} field={field} />;
    case "texts":
      return <Texts {...shown} field={field} />;
    case "list":
      return <ListField {...shown} field={field} />;
    case "map":
      return <MapField {...shown} field={field} />;
    case "group":
      return <Group {...shown} field={field} />;
    case "union":
      return <Union {...shown} field={field} />;
    case "optional":
      return <Optional {...shown} field={field} />;
    case "fixed":
      return null;
    default:
      return <JsonField {...shown} field={field} />;
  }
}

/** Names in a description stand between backticks. */
function Help({ text }: { text: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, which never move
  return text.split("`").map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>));
}

function Flag({ value, pointer, label, help }: ViewProps<"flag">) {
  const { change, readOnly } = useSchemaForm();
  return (
    <Switch
      label={label}
      description={help}
      error={useFlawAt(pointer)}
      disabled={readOnly}
      checked={value === true}
      onChange={(event) => change(pointer, event.currentTarget.checked)}
    />
  );
}

function Choice({ field, value, pointer, label, help, required }: ViewProps<"choice">) {
  const { change, readOnly } = useSchemaForm();
  const word = useChoiceWord();
  const at = field.options.findIndex((option) => value !== undefined && same(option, value));
  return (
    <NativeSelect
      label={label}
      description={help}
      required={required}
      error={useFlawAt(pointer)}
      disabled={readOnly}
      value={String(at)}
      onChange={(event) => change(pointer, field.options[Number(event.currentTarget.value)])}
      data={[
        ...(at < 0 ? [{ value: "-1", label: value === undefined ? "–" : JSON.stringify(value) }] : []),
        ...field.options.map((option, index) => ({
          value: String(index),
          label: typeof option === "string" ? word(option) : JSON.stringify(option),
        })),
      ]}
    />
  );
}

function Texts({ field, value, pointer, label, help }: ViewProps<"texts">) {
  const { change, readOnly, flaws } = useSchemaForm();
  const own = useFlawAt(pointer);
  const inside = flaws.filter((flaw) => flaw.pointer.startsWith(`${pointer}/`));
  const word = useChoiceWord();
  const texts = Array.isArray(value) ? value.map(String) : [];
  const { options } = field;
  const shown = { label, description: help, error: own, readOnly, value: texts };
  const write = (next: string[]) => change(pointer, next);
  return (
    <div className={styles.field}>
      {options ? (
        <MultiSelect
          {...shown}
          data={[...new Set([...options, ...texts])].map((each) => ({ value: each, label: word(each) }))}
          onChange={write}
        />
      ) : (
        <TagsInput {...shown} data={[]} splitChars={[]} onChange={write} />
      )}
      {inside.map((flaw) => (
        <FlawLine
          key={`${flaw.pointer}${flaw.code ?? flaw.message}`}
          flaw={flaw}
          name={texts[Number(flaw.pointer.split("/").at(-1))]}
        />
      ))}
    </div>
  );
}

/** A value that may be null: a switch, and the value under it. */
function Optional(props: ViewProps<"optional">) {
  const { field, value, pointer, label, help } = props;
  const { change, readOnly, root } = useSchemaForm();
  const on = value !== null && value !== undefined;
  const inner = fieldOf(field.inner, root);
  if (inner.shape === "text" || inner.shape === "number" || inner.shape === "choice")
    return <FieldView {...props} schema={field.inner} value={on ? value : undefined} required={false} />;
  return (
    <div className={styles.field}>
      <Switch
        label={label}
        description={help}
        disabled={readOnly}
        checked={on}
        onChange={(event) => change(pointer, event.currentTarget.checked ? unset(field.inner, root) : null)}
      />
      {on ? (
        <div className={styles.nested}>
          <FieldView {...props} schema={field.inner} label={label} required />
        </div>
      ) : null}
    </div>
  );
}

function unset(schema: Schema, root: Schema): Json {
  const { default: _, ...rest } = resolved(schema, root);
  const blank = blankOf(rest, root);
  return blank === null && isObject(rest) ? {} : blank;
}

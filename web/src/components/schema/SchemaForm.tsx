import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { covers, type Json, withValue } from "@/lib/json/pointer";
import type { Flaw } from "./check";
import { SchemaContext, type TextView, useFlawText } from "./context";
import { FieldView } from "./FieldView";
import { fieldOf, type Schema } from "./fields";
import styles from "./schema.module.css";

interface Props {
  schema: Schema;
  value: Json;
  /** What is wrong, at its place: `flawsOf` while typing, the server's errors after a save. */
  flaws?: readonly Flaw[];
  readOnly?: boolean;
  /** Must be stable. */
  textView?: TextView | undefined;
  /** The document with one place changed, and which. */
  onChange(value: Json, pointer: string): void;
}

const noFlaws: readonly Flaw[] = [];

/** A form made of a JSON Schema. It writes at the pointer of the edited field and nowhere else. */
export function SchemaForm({ schema, value, flaws = noFlaws, readOnly = false, textView, onChange }: Props) {
  const context = useMemo(
    () => ({
      root: schema,
      flaws,
      readOnly,
      textView,
      change: (pointer: string, next: Json | undefined) => onChange(withValue(value, pointer, next), pointer),
    }),
    [schema, value, flaws, readOnly, textView, onChange],
  );
  return (
    <SchemaContext value={context}>
      <Unplaced schema={schema} flaws={flaws} />
      <div className={styles.form}>
        <FieldView schema={schema} value={value} pointer="" label="" required />
      </div>
    </SchemaContext>
  );
}

/** Flaws of the whole document, or of a part that no field stands for. */
function Unplaced({ schema, flaws }: { schema: Schema; flaws: readonly Flaw[] }) {
  const { t } = useTranslation("schema");
  const text = useFlawText();
  const field = fieldOf(schema, schema);
  const names = field.shape === "group" ? field.properties.map(({ name }) => `/${name}`) : [];
  const rest = flaws.filter(({ pointer }) => !names.some((name) => covers(name, pointer)));
  if (rest.length === 0 || field.shape !== "group") return null;
  return (
    <ul className={styles.unplaced} role="alert" aria-label={t("unplaced")}>
      {rest.map((flaw) => (
        <li key={`${flaw.pointer} ${text(flaw)}`}>
          {flaw.pointer === "" ? null : <code>{flaw.pointer}</code>} {text(flaw)}
        </li>
      ))}
    </ul>
  );
}

import { Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Json, same } from "@/lib/json/pointer";
import { useFlawAt, useSchemaForm } from "./context";
import type { ViewProps } from "./FieldView";

function parsed(text: string): Json | undefined | null {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A value whose shape the form does not know: shown as JSON, written when it can be read. */
export function JsonField({ value, pointer, label, help, required }: ViewProps<"json">) {
  const { t } = useTranslation("schema");
  const { change, readOnly } = useSchemaForm();
  const [text, setText] = useState<string | null>(null);
  const written = value === undefined ? "" : JSON.stringify(value, null, 2);
  // What is typed stays as it is typed while it says the same as the document.
  const kept = text !== null && (parsed(text) === undefined || same(parsed(text), value)) ? text : written;
  const unreadable = kept.trim() !== "" && parsed(kept) === undefined;
  const flaw = useFlawAt(pointer);
  return (
    <Textarea
      label={label}
      description={help}
      required={required}
      error={unreadable ? t("notJson") : flaw}
      readOnly={readOnly}
      autosize
      minRows={2}
      maxRows={16}
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--ol-mono)" } }}
      value={kept}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        if (next.trim() === "") change(pointer, undefined);
        else {
          const read = parsed(next);
          if (read !== undefined) change(pointer, read);
        }
      }}
    />
  );
}

import { json } from "@codemirror/lang-json";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import CodeEditor from "@/components/code/CodeEditor";
import { placeOf, read, write } from "@/components/code/text";
import type { Flaw } from "@/components/schema/check";
import { useFlawText } from "@/components/schema/context";
import { type Json, type JsonObject, same } from "@/lib/json/pointer";
import styles from "../logic.module.css";

interface Props {
  value: JsonObject;
  flaws: readonly Flaw[];
  readOnly: boolean;
  /** Says whether the document can be used; what cannot stays text. */
  onChange(value: Json): boolean;
}

const language = json();

/** The logic as JSON. What is typed stays as it is typed while it says the same; logic changed elsewhere is written anew. */
export default function LogicText({ value, flaws, readOnly, onChange }: Props) {
  const { t } = useTranslation("apis");
  const flawText = useFlawText();
  const [typed, setTyped] = useState(() => ({ text: write("json", value), base: value as Json, used: true }));
  const reading = useMemo(() => read("json", typed.text), [typed.text]);
  const current = reading.ok && typed.used ? same(reading.value, value) : same(typed.base, value);
  const text = useMemo(() => (current ? typed.text : write("json", value)), [current, typed.text, value]);
  const unreadable = current && !reading.ok ? reading.mark : null;
  const marks = useMemo(
    () =>
      unreadable === null
        ? flaws.map((flaw) => ({ ...placeOf(text, flaw.pointer), message: flawText(flaw) }))
        : [unreadable],
    [unreadable, flaws, text, flawText],
  );
  const change = (next: string) => {
    const now = read("json", next);
    if (!now.ok) return setTyped({ text: next, base: value, used: false });
    const used = same(now.value, value) || onChange(now.value);
    setTyped({ text: next, base: used ? now.value : value, used });
  };
  return (
    <>
      <CodeEditor
        label={t("logic.text")}
        value={text}
        language={language}
        readOnly={readOnly}
        marks={marks}
        onChange={change}
      />
      <p className={styles.unused} role="status">
        {current && !typed.used ? t("logic.unused") : ""}
      </p>
    </>
  );
}

import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import CodeEditor from "@/components/code/CodeEditor";
import { type Format, placeOf, read, write } from "@/components/code/text";
import type { Flaw } from "@/components/schema/check";
import { useFlawText } from "@/components/schema/context";
import { isObject, type Json, type JsonObject, same } from "@/lib/json/pointer";
import styles from "./draft.module.css";

interface Props {
  format: Format;
  value: JsonObject;
  flaws: readonly Flaw[];
  readOnly: boolean;
  onChange(value: JsonObject): void;
}

/** The content as text. What is typed stays as it is typed while it says the same as the draft; a draft changed elsewhere (undo, a merge) is written anew. */
export default function DocumentText({ format, value, flaws, readOnly, onChange }: Props) {
  const { t } = useTranslation("assets");
  const flawText = useFlawText();
  const language = useMemo(() => (format === "json" ? json() : yaml()), [format]);
  const [typed, setTyped] = useState(() => ({ text: write(format, value), base: value as Json }));
  const reading = useMemo(() => read(format, typed.text), [format, typed.text]);
  // Text that cannot be read belongs to the draft it was typed over.
  const current = reading.ok ? same(reading.value, value) : typed.base === value;
  const text = useMemo(
    () => (current ? typed.text : write(format, value)),
    [current, typed.text, format, value],
  );
  const unreadable = current && !reading.ok ? reading.mark : null;
  const notObject = current && reading.ok && !isObject(reading.value);
  const marks = useMemo(
    () =>
      unreadable === null
        ? flaws.map((flaw) => ({ ...placeOf(text, flaw.pointer), message: flawText(flaw) }))
        : [unreadable],
    [unreadable, flaws, text, flawText],
  );
  const change = (next: string) => {
    const now = read(format, next);
    const usable = now.ok && isObject(now.value) ? now.value : null;
    setTyped({ text: next, base: usable ?? value });
    if (usable !== null && !same(usable, value)) onChange(usable);
  };
  return (
    <div className={styles.text}>
      <CodeEditor
        label={t(`content.${format}Label`)}
        value={text}
        language={language}
        readOnly={readOnly}
        marks={marks}
        onChange={change}
      />
      {reading.ok && reading.comments ? <p className={styles.warn}>{t("content.comments")}</p> : null}
      {notObject ? <p className={styles.bad}>{t("content.notObject")}</p> : null}
      <ul className={styles.findings} aria-live="polite" aria-label={t("content.findings")}>
        {marks.map((mark, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: findings have no name of their own
          <li key={index} className={styles.bad}>
            {t("content.line", { line: text.slice(0, mark.from).split("\n").length })} {mark.message}
          </li>
        ))}
      </ul>
    </div>
  );
}

import { NativeSelect, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Json } from "@/lib/json/pointer";
import { useField } from "./context";

interface Props {
  pointer: string;
  label: string;
  hint?: string;
}

interface TextProps extends Props {
  /** What stands for an empty field: nothing at all, or null. */
  empty?: null | "";
  list?: string;
  lines?: boolean;
  maxLength?: number;
}

export function TextField({
  pointer,
  label,
  hint,
  empty = "",
  list,
  lines = false,
  maxLength = 4000,
}: TextProps) {
  const { value, error, readOnly, set } = useField(pointer, label);
  const props = {
    label,
    description: hint,
    error,
    readOnly,
    maxLength,
    value: typeof value === "string" ? value : "",
    onChange: (event: { currentTarget: { value: string } }) =>
      set(event.currentTarget.value === "" ? empty : event.currentTarget.value),
  };
  return lines ? <Textarea autosize minRows={2} {...props} /> : <TextInput list={list} {...props} />;
}

interface NumberProps extends Props {
  /** The value where the document says none. */
  usual?: number | undefined;
}

/** A number as it is typed: what is no number yet stays in the field and out of the rule, and says so. */
export function NumberField({ pointer, label, hint, usual }: NumberProps) {
  const { value, error, readOnly, set } = useField(pointer, label);
  const known =
    typeof value === "number"
      ? String(value)
      : value === undefined || value === null
        ? String(usual ?? "")
        : String(value);
  const [typed, setTyped] = useState({ text: known, of: known });
  // A value that was changed elsewhere (undo, the text) takes the place of what was typed.
  const text = typed.of === known ? typed.text : known;
  const change = (next: string) => {
    const number = Number(next);
    const good = next.trim() !== "" && Number.isFinite(number);
    setTyped({ text: next, of: good ? String(number) : known });
    if (good && number !== value) set(number);
    else if (next.trim() === "" && usual === undefined) set(null);
  };
  const bad = text.trim() !== "" && !Number.isFinite(Number(text));
  return (
    <TextInput
      inputMode="decimal"
      label={label}
      description={hint}
      error={bad ? text : error}
      readOnly={readOnly}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

interface ChoiceProps extends Props {
  usual: string;
  options: readonly { value: string; label: string }[];
}

export function ChoiceField({ pointer, label, hint, usual, options }: ChoiceProps) {
  const { value, error, readOnly, set } = useField(pointer, label);
  return (
    <NativeSelect
      label={label}
      description={hint}
      error={error}
      disabled={readOnly}
      value={typeof value === "string" ? value : usual}
      data={[...options]}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

/** A list of words; where there is none, the rule's own default counts. */
export function WordsField({ pointer, label, hint, none }: Props & { none: Json }) {
  const { value, error, readOnly, set } = useField(pointer, label);
  return (
    <TagsInput
      label={label}
      description={hint}
      error={error}
      readOnly={readOnly}
      splitChars={[]}
      value={Array.isArray(value) ? value.map(String) : []}
      onChange={(words) => set(words.length === 0 ? none : words)}
    />
  );
}

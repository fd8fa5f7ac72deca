import { useMemo } from "react";
import CodeEditor, { type Mark } from "@/components/code/CodeEditor";
import type { Seen } from "../model/seen";
import { conditionLanguage } from "./condition-language";

interface Props {
  label: string;
  value: string;
  readOnly: boolean;
  seen: readonly Seen[];
  marks: readonly Mark[];
  onChange(text: string): void;
}

/** A condition as text, with completion of what has been seen and marks where it is wrong. */
export default function ConditionText({ seen, ...rest }: Props) {
  const language = useMemo(() => conditionLanguage(seen), [seen]);
  return <CodeEditor {...rest} language={language} />;
}

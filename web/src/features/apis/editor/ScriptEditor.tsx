import { python } from "@codemirror/lang-python";
import { useMemo } from "react";
import CodeEditor from "@/components/code/CodeEditor";
import { markOf } from "@/components/code/marks";
import type { CodePlace } from "../model/logic";

interface Props {
  label: string;
  value: string;
  readOnly: boolean;
  places: readonly CodePlace[];
  onChange(text: string): void;
  /** Mod+Enter. */
  onRun(): void;
}

const language = python();

/** A script with what the server finds in it. */
export default function ScriptEditor({ places, ...rest }: Props) {
  const marks = useMemo(
    () => places.map((place) => ({ ...markOf(rest.value, place), message: place.message })),
    [places, rest.value],
  );
  return <CodeEditor {...rest} language={language} marks={marks} />;
}

import { useMemo } from "react";
import CodeEditor from "@/components/code/CodeEditor";
import { markOf } from "@/components/code/marks";
import type { ApiFinding, SqlVocabulary } from "@/lib/api/types";
import { sqlLanguage } from "./sql-extensions";

export interface SqlEditorProps {
  label: string;
  value: string;
  readOnly: boolean;
  findings: readonly ApiFinding[];
  /** What a statement may name; undefined while it is not known. */
  vocabulary: SqlVocabulary | undefined;
  /** Whose words describe tables and columns. */
  language: string;
  /** Declared parameters, offered after a colon. */
  parameters: readonly string[];
  onChange(text: string): void;
  /** Mod+Enter. */
  onRun(): void;
}

/** A statement with completion of what it may name, and with what the server finds in it. */
export default function SqlEditor({ findings, vocabulary, language, parameters, ...rest }: SqlEditorProps) {
  const extension = useMemo(
    () => sqlLanguage(vocabulary, parameters, language),
    [vocabulary, parameters, language],
  );
  const marks = useMemo(
    () =>
      findings
        .filter(({ pointer }) => pointer === undefined || pointer === "/logic/sql")
        .map((finding) => ({ ...markOf(rest.value, finding), message: finding.message })),
    [findings, rest.value],
  );
  return <CodeEditor {...rest} language={extension} marks={marks} />;
}

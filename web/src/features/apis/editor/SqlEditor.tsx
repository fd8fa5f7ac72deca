import { useMemo } from "react";
import CodeEditor from "@/components/code/CodeEditor";
import type { ApiFinding, ApiRelation } from "@/lib/api/types";
import { markOf } from "../model/sql";
import { sqlLanguage } from "./sql-extensions";

export interface SqlEditorProps {
  label: string;
  value: string;
  readOnly: boolean;
  findings: readonly ApiFinding[];
  relations: readonly ApiRelation[];
  /** Declared parameters, offered after a colon. */
  parameters: readonly string[];
  onChange(text: string): void;
  /** Mod+Enter. */
  onRun(): void;
}

/** A query with completion of what it may read, and with what the server finds in it. */
export default function SqlEditor({ findings, relations, parameters, ...rest }: SqlEditorProps) {
  const language = useMemo(() => sqlLanguage(relations, parameters), [relations, parameters]);
  const marks = useMemo(
    () => findings.map((finding) => ({ ...markOf(rest.value, finding), message: finding.message })),
    [findings, rest.value],
  );
  return <CodeEditor {...rest} language={language} marks={marks} />;
}

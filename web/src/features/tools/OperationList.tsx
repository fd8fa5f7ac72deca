import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SearchInput } from "@/components/input/SearchInput";
import type { ApiOperation } from "@/lib/api/types";
import { toggled } from "./model";
import styles from "./tools.module.css";

interface Props {
  operations: readonly ApiOperation[];
  chosen: readonly string[];
  onChange(chosen: string[]): void;
}

/** What a document offers; an operation that cannot be used says why. */
export function OperationList({ operations, chosen, onChange }: Props) {
  const { t } = useTranslation("tools");
  const [text, setText] = useState("");
  const wanted = text.toLowerCase();
  const shown = operations.filter(({ id, name, path }) =>
    `${id} ${name} ${path}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <SearchInput value={text} label={t("import.search")} onSearch={setText} />
      <ul className={styles.list} aria-label={t("import.operations")}>
        {shown.map((operation) => (
          <li key={operation.id} className={styles.pick}>
            <Checkbox
              aria-label={operation.name}
              checked={chosen.includes(operation.id)}
              disabled={!operation.usable}
              onChange={() => onChange(toggled(chosen, operation.id))}
            />
            <span>
              <code className={styles.key}>
                {operation.method} {operation.path}
              </code>{" "}
              {operation.name}
            </span>
            {operation.problems.map((problem) => (
              <p key={problem.pointer} className={operation.usable ? styles.note : styles.bad}>
                {problem.detail}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </>
  );
}

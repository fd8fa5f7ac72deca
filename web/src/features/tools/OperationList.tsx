import { Checkbox, Code } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SearchInput } from "@/components/input/SearchInput";
import type { ApiOperation } from "@/lib/api/types";
import type { Json } from "@/lib/json/pointer";
import { groupsOf, pretty, toggled } from "./model";
import styles from "./tools.module.css";

interface Props {
  operations: readonly ApiOperation[];
  chosen: readonly string[];
  onChange(chosen: string[]): void;
}

/** What a document offers, tag by tag; an operation that cannot be used says why. */
export function OperationList({ operations, chosen, onChange }: Props) {
  const { t } = useTranslation("tools");
  const [text, setText] = useState("");
  const groups = groupsOf(operations, text);
  const searching = text.trim() !== "";
  return (
    <>
      <SearchInput value={text} label={t("import.search")} onSearch={setText} />
      <div className={styles.list}>
        {groups.map(({ tag, operations: found }) => (
          <details key={tag} open={searching || groups.length === 1 || undefined}>
            <summary>
              {tag === "" ? t("discover.untagged") : tag} <span className={styles.note}>{found.length}</span>
            </summary>
            <ul className={styles.plainList} aria-label={tag === "" ? t("import.operations") : tag}>
              {found.map((operation) => (
                <li key={operation.id} className={styles.pick}>
                  <Checkbox
                    aria-label={operation.name}
                    checked={chosen.includes(operation.id)}
                    disabled={!operation.usable}
                    onChange={() => onChange(toggled(chosen, operation.id))}
                  />
                  <OperationText operation={operation} />
                </li>
              ))}
            </ul>
          </details>
        ))}
      </div>
    </>
  );
}

/** One operation; open, with what it takes and gives. */
function OperationText({ operation }: { operation: ApiOperation }) {
  const { t } = useTranslation("tools");
  const [open, setOpen] = useState(false);
  const { method, path, name, description, problems, usable, input_schema: input } = operation;
  return (
    <div>
      <button type="button" className={styles.reveal} aria-expanded={open} onClick={() => setOpen(!open)}>
        <code className={styles.key}>
          {method} {path}
        </code>{" "}
        {name}
      </button>
      {problems.map((problem) => (
        <p key={problem.pointer} className={usable ? styles.note : styles.bad}>
          {problem.detail}
        </p>
      ))}
      {open ? (
        <div className={styles.inner}>
          {description === "" ? null : <p className={styles.plain}>{description}</p>}
          <h3 className={styles.heading}>{t("field.input")}</h3>
          <Code block className={styles.code} tabIndex={0}>
            {pretty((input ?? {}) as Json)}
          </Code>
          <h3 className={styles.heading}>{t("discover.output")}</h3>
          <Code block className={styles.code} tabIndex={0}>
            {pretty((operation.output_schema ?? {}) as Json)}
          </Code>
        </div>
      ) : null}
    </div>
  );
}

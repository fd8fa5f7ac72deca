import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { markOf } from "@/components/code/marks";
import type { Finding } from "@/lib/api/types";
import { factSource } from "../model/document";

import { seenQuery } from "../queries";
import styles from "../rules.module.css";
import { Builder } from "./Builder";
import { useField, useRuleForm } from "./context";
import looks from "./form.module.css";

const ConditionText = lazy(() => import("./ConditionText"));
const nothing: never[] = [];

interface Props {
  pointer: string;
  label: string;
  hint?: string;
  /** Taken away when it is emptied. */
  optional?: boolean;
  /** It reads something else than facts, by these names; then it cannot be drawn. */
  names?: readonly string[];
}

/** A condition, written or drawn, with what is wrong in it and where. */
export function ConditionField({ pointer, label, hint, optional = false, names }: Props) {
  const { t } = useTranslation("rules");
  const { content } = useRuleForm();
  const { value, finding, readOnly, set } = useField(pointer, label);
  const [drawn, setDrawn] = useState(false);
  const source = names === undefined ? factSource(content) : null;
  const facts = useQuery({ ...seenQuery(source), enabled: source !== null && !readOnly });
  const seen = useMemo(
    () => (names === undefined ? (facts.data ?? nothing) : names.map((field) => ({ field, values: [] }))),
    [names, facts.data],
  );
  const text = typeof value === "string" ? value : "";
  const marks = useMemo(
    () => (finding === undefined ? nothing : [{ ...markOf(text, finding), message: finding.message }]),
    [finding, text],
  );
  const write = (next: string) => set(next === "" && optional ? null : next);
  return (
    <div className={looks.condition}>
      <div className={looks.conditionHead}>
        <span className={looks.fieldLabel}>{label}</span>
        {source === null || readOnly ? null : (
          <SegmentedControl
            size="xs"
            aria-label={t("condition.as", { label })}
            value={drawn ? "drawn" : "text"}
            data={[
              { value: "text", label: t("condition.text") },
              { value: "drawn", label: t("condition.drawn") },
            ]}
            onChange={(next) => setDrawn(next === "drawn")}
          />
        )}
      </div>
      {hint === undefined ? null : <p className={styles.note}>{hint}</p>}
      {drawn && source !== null ? (
        <Builder label={label} text={text} source={source} seen={seen} onWrite={write} />
      ) : (
        <Suspense fallback={<div className={looks.editorSpace} />}>
          <div className={looks.editor}>
            <ConditionText
              label={label}
              value={text}
              readOnly={readOnly}
              seen={seen}
              marks={marks}
              onChange={write}
            />
          </div>
        </Suspense>
      )}
      <div aria-live="polite">{finding === undefined ? null : <Wrong finding={finding} />}</div>
    </div>
  );
}

function Wrong({ finding }: { finding: Finding }) {
  const { t } = useTranslation("rules");
  return (
    <p className={styles.bad}>
      {t("at", { line: finding.line, column: finding.column })} {finding.message} {finding.hint ?? ""}
    </p>
  );
}

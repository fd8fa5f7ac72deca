import { TagsInput } from "@mantine/core";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import styles from "./apis.module.css";
import looks from "./logic.module.css";
import { brokenAt, type Script } from "./model/logic";
import type { ApiEditing } from "./use-api-form";
import { useCheck } from "./use-check";
import { Verdict } from "./Verdict";

const ScriptEditor = lazy(() => import("./editor/ScriptEditor"));

interface Props {
  editing: ApiEditing;
  logic: Script;
  readOnly: boolean;
  /** Why the last trial failed: it may name a line. */
  trialError: unknown;
  onRun(): void;
}

/** A script, what it may reach, and what the type checker or its last run says at which line. */
export function ScriptPanel({ editing: { form }, logic, readOnly, trialError, onRun }: Props) {
  const { t } = useTranslation("apis");
  const check = useCheck(form, readOnly);
  const places = useMemo(() => {
    const found = (check.data?.findings ?? []).filter(({ pointer }) => pointer === "/logic/code");
    return [...found, ...brokenAt(trialError)];
  }, [check.data, trialError]);
  const set = (change: Partial<Script>) => form.setFieldValue("logic", { ...logic, ...change });
  return (
    <Panel title={t("script.title")} note={t("script.note")}>
      <Suspense fallback={<div className={styles.editorSpace} />}>
        <ScriptEditor
          label={t("script.label")}
          value={logic.code}
          readOnly={readOnly}
          places={places}
          onChange={(code) => set({ code })}
          onRun={onRun}
        />
      </Suspense>
      <Verdict form={form} check={check} readOnly={readOnly} />
      <fieldset className={styles.fieldset} disabled={readOnly}>
        <div className={`${styles.inner} ${looks.reach}`}>
          <TagsInput
            label={t("script.connections")}
            description={t("parameters.choicesHint")}
            maxTags={20}
            readOnly={readOnly}
            value={logic.connections ?? []}
            onChange={(connections) => set({ connections })}
          />
          <TagsInput
            label={t("script.secrets")}
            description={t("parameters.choicesHint")}
            maxTags={20}
            readOnly={readOnly}
            value={logic.secrets ?? []}
            onChange={(secrets) => set({ secrets })}
          />
        </div>
      </fieldset>
    </Panel>
  );
}

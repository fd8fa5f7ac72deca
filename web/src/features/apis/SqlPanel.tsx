import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { vocabularyQuery } from "@/components/sql/queries";
import type { SqlDrawing } from "@/lib/api/types";
import styles from "./apis.module.css";
import type { SqlOf } from "./model/logic";
import { Builder } from "./sql/Builder";
import { drawnQuery, writeDrawing } from "./sql/queries";
import { PlanPart, SqlTools } from "./sql/SqlTools";
import type { ApiEditing } from "./use-api-form";
import { useCheck } from "./use-check";
import { Verdict } from "./Verdict";

const SqlEditor = lazy(() => import("@/components/sql/SqlEditor"));
const none: never[] = [];

interface Props {
  editing: ApiEditing;
  logic: SqlOf;
  readOnly: boolean;
  /** What is typed for a trial: a plan that is measured runs with it. */
  values: Record<string, string>;
  onRun(): void;
}

/** A statement with the server's verdict on it while it is typed: as text, or drawn while it can be. */
export function SqlPanel({ editing: { form }, logic, readOnly, values, onRun }: Props) {
  const { t, i18n } = useTranslation("apis");
  const client = useQueryClient();
  const check = useCheck(form, readOnly);
  const [drawn, setDrawn] = useState(false);
  const [connection] = useDebouncedValue(logic.connection || null, 300);
  const isWrite = logic.type === "sql_write";
  const vocabulary = useQuery({
    ...vocabularyQuery(connection),
    enabled: !readOnly && !(isWrite && connection === null),
  });
  const names = form.values.parameters.map(({ name }) => name).join(",");
  const parameters = useMemo(() => names.split(",").filter((name) => name !== ""), [names]);
  const write = useMutation({
    mutationFn: async (drawing: SqlDrawing) => ({ drawing, sql: await writeDrawing(drawing, connection) }),
    onSuccess: ({ drawing, sql }) => {
      client.setQueryData(drawnQuery(sql, connection).queryKey, {
        drawing,
        reason: null,
        line: 1,
        column: 1,
      });
      form.setFieldValue("sql", sql);
    },
  });
  const where = connection === null ? t("sql.note") : t("sql.through", { connection });
  return (
    <Panel title={isWrite ? t("sql.writeTitle") : t("sql.title")} note={isWrite ? t("sql.writeNote") : where}>
      {readOnly ? null : <SqlTools form={form} logic={logic} drawn={drawn} onDraw={setDrawn} />}
      {drawn && !isWrite ? (
        <Builder
          sql={form.values.sql}
          connection={connection}
          tables={vocabulary.data?.tables ?? none}
          readOnly={readOnly}
          onDraw={(drawing) => write.mutate(drawing)}
          error={write.error}
        />
      ) : (
        <Suspense fallback={<div className={styles.editorSpace} />}>
          <SqlEditor
            label={t("sql.label")}
            value={form.values.sql}
            readOnly={readOnly}
            findings={check.data?.findings ?? none}
            vocabulary={vocabulary.data}
            language={i18n.language}
            parameters={parameters}
            onChange={(text) => form.setFieldValue("sql", text)}
            onRun={onRun}
          />
        </Suspense>
      )}
      <Verdict form={form} check={check} readOnly={readOnly} />
      {readOnly || isWrite ? null : <PlanPart form={form} values={values} />}
    </Panel>
  );
}

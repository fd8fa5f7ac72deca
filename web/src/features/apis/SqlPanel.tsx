import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import styles from "./apis.module.css";
import { relationsQuery } from "./queries";
import type { ApiEditing } from "./use-api-form";
import { useCheck } from "./use-check";
import { Verdict } from "./Verdict";

const SqlEditor = lazy(() => import("./editor/SqlEditor"));
const none: never[] = [];

interface Props {
  editing: ApiEditing;
  readOnly: boolean;
  onRun(): void;
}

/** The query with the server's verdict on it while it is typed. */
export function SqlPanel({ editing: { form }, readOnly, onRun }: Props) {
  const { t } = useTranslation("apis");
  const check = useCheck(form, readOnly);
  const relations = useQuery({ ...relationsQuery, enabled: !readOnly });
  const { logic } = form.values;
  const connection = logic.type === "sql" ? logic.connection : null;
  const names = form.values.parameters.map(({ name }) => name).join(",");
  const parameters = useMemo(() => names.split(",").filter((name) => name !== ""), [names]);
  return (
    <Panel
      title={t("sql.title")}
      note={typeof connection === "string" ? t("sql.through", { connection }) : t("sql.note")}
    >
      <Suspense fallback={<div className={styles.editorSpace} />}>
        <SqlEditor
          label={t("sql.label")}
          value={form.values.sql}
          readOnly={readOnly}
          findings={check.data?.findings ?? none}
          relations={relations.data ?? none}
          parameters={parameters}
          onChange={(text) => form.setFieldValue("sql", text)}
          onRun={onRun}
        />
      </Suspense>
      <Verdict form={form} check={check} readOnly={readOnly} />
    </Panel>
  );
}

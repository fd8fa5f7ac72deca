import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { ApiCheck } from "@/lib/api/types";
import styles from "./apis.module.css";
import { logicOf, newParameter, toParameters } from "./model/form";
import { undeclared } from "./model/sql";
import { checkQuery, relationsQuery } from "./queries";
import type { ApiEditing } from "./use-api-form";

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
  const [settled] = useDebouncedValue(form.values, 250);
  const check = useQuery({
    ...checkQuery(logicOf(settled), toParameters(settled.parameters)),
    enabled: !readOnly && settled.sql.trim() !== "",
  });
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
      <div className={styles.verdict}>
        <div aria-live="polite" className={styles.verdictText}>
          {form.errors["sql"] === undefined ? null : <span className={styles.bad}>{form.errors["sql"]}</span>}
          {check.data === undefined ? null : <Verdict check={check.data} />}
        </div>
        <ProblemNotice error={check.error} />
        {readOnly ? null : <Offers form={form} />}
      </div>
    </Panel>
  );
}

function Verdict({ check }: { check: ApiCheck }) {
  const { t } = useTranslation("apis");
  if (check.passes) {
    const columns = check.output.map(({ name, type }) => `${name} ${type}`).join(", ");
    return <span className={styles.good}>{t("sql.gives", { columns })}</span>;
  }
  return (
    <ul className={styles.findings}>
      {check.findings.map(({ code, line, column, message }) => (
        <li key={`${code} ${line}:${column}`} className={styles.bad}>
          {t("sql.at", { line, column })} {message}
        </li>
      ))}
    </ul>
  );
}

/** One click declares what the query or the path already uses. */
function Offers({ form }: { form: ApiEditing["form"] }) {
  const { t } = useTranslation("apis");
  const offers = undeclared(form.values);
  if (offers.length === 0) return null;
  return (
    <div className={styles.offers}>
      {offers.map(({ name, where }) => (
        <Button
          key={name}
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={13} aria-hidden />}
          onClick={() => form.insertListItem("parameters", newParameter(crypto.randomUUID(), name, where))}
        >
          {t("parameters.declare", { name })}
        </Button>
      ))}
    </div>
  );
}

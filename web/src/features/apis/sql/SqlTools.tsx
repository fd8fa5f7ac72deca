import { Autocomplete, Button, NumberInput, SegmentedControl } from "@mantine/core";
import { IconAlignLeft, IconBinaryTree2, IconPlayerPlay } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sqlConnectionsQuery } from "@/components/sql/queries";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import styles from "../apis.module.css";
import { valuesOf } from "../model/calls";
import { toParameters } from "../model/form";
import type { SqlOf } from "../model/logic";
import type { ApiEditing } from "../use-api-form";
import { PlanTree } from "./PlanTree";
import plans from "./plan.module.css";
import { explain, layOut } from "./queries";

interface Props {
  form: ApiEditing["form"];
  logic: SqlOf;
  drawn: boolean;
  onDraw(drawn: boolean): void;
}

/** Whose data the statement is about, and what can be done with its text. */
export function SqlTools({ form, logic, drawn, onDraw }: Props) {
  const { t } = useTranslation("apis");
  const connections = useQuery(sqlConnectionsQuery);
  const layout = useMutation({
    mutationFn: () => layOut(form.values.sql, logic.connection || null),
    onSuccess: (sql) => form.setFieldValue("sql", sql),
  });
  const connect = (key: string) =>
    form.setFieldValue("logic", {
      ...logic,
      connection: key === "" && logic.type === "sql" ? null : key,
    } as SqlOf);
  return (
    <div className={styles.inner}>
      <div className={styles.bar}>
        <Autocomplete
          aria-label={t("sql.connection")}
          placeholder={logic.type === "sql" ? t("sql.ownData") : t("sql.connection")}
          data={connections.data ?? []}
          value={logic.connection ?? ""}
          maxLength={80}
          onChange={connect}
        />
        {logic.type === "sql" ? (
          <SegmentedControl
            size="xs"
            aria-label={t("builder.shown")}
            value={drawn ? "drawn" : "text"}
            onChange={(next) => onDraw(next === "drawn")}
            data={[
              { value: "text", label: t("builder.text") },
              { value: "drawn", label: t("builder.drawn") },
            ]}
          />
        ) : (
          <NumberInput
            aria-label={t("sql.maxChanges")}
            prefix={`${t("sql.maxChanges")}: `}
            min={1}
            max={10000}
            value={logic.max_changes ?? 100}
            onChange={(most) => form.setFieldValue("logic", { ...logic, max_changes: Number(most) || 1 })}
          />
        )}
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconAlignLeft size={14} aria-hidden />}
          loading={layout.isPending}
          onClick={() => layout.mutate()}
        >
          {t("sql.layOut")}
        </Button>
      </div>
      <ProblemNotice error={layout.error} />
    </div>
  );
}

/** The plan of the query, asked for or measured. */
export function PlanPart({ form, values }: { form: ApiEditing["form"]; values: Record<string, string> }) {
  const { t, i18n } = useTranslation("apis");
  const plan = useMutation({
    mutationFn: (analyze: boolean) =>
      explain(form.values, valuesOf(toParameters(form.values.parameters), values), analyze),
  });
  const ms = (value: number) => `${value.toLocaleString(i18n.language, { maximumFractionDigits: 2 })} ms`;
  return (
    <section aria-label={t("plan.title")}>
      <div className={plans.facts}>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconBinaryTree2 size={14} aria-hidden />}
          loading={plan.isPending}
          onClick={() => plan.mutate(false)}
        >
          {t("plan.ask")}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          loading={plan.isPending}
          onClick={() => plan.mutate(true)}
        >
          {t("plan.measure")}
        </Button>
        {plan.data?.total_ms == null ? null : (
          <span>{t("plan.total", { time: ms(plan.data.total_ms) })}</span>
        )}
        {plan.data != null && !plan.data.measured ? <span>{t("plan.notRun")}</span> : null}
      </div>
      <ProblemNotice error={plan.error} />
      {plan.data == null ? null : <PlanTree plan={plan.data} />}
    </section>
  );
}

import { Textarea } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ConditionCheck } from "@/lib/api/types";
import { marked, type RuleForm, sourceOf } from "./model";
import { checkQuery } from "./queries";
import styles from "./rules.module.css";

/** The condition with what the server makes of it while it is typed: what it reads, or what is wrong and where. */
export function ConditionField({ form }: { form: UseFormReturnType<RuleForm> }) {
  const { t } = useTranslation("rules");
  const [settled] = useDebouncedValue(form.values, 250);
  const check = useQuery({
    ...checkQuery(settled.condition, sourceOf(settled)),
    enabled: settled.condition.trim() !== "",
  });
  return (
    <div>
      <Textarea
        label={t("field.condition")}
        description={t("conditionHint")}
        autosize
        minRows={2}
        classNames={{ input: styles.code ?? "" }}
        spellCheck={false}
        {...form.getInputProps("condition")}
      />
      <div aria-live="polite" className={styles.verdict}>
        {check.data === undefined ? null : <Verdict condition={settled.condition} check={check.data} />}
      </div>
    </div>
  );
}

function Verdict({ condition, check }: { condition: string; check: ConditionCheck }) {
  const { t } = useTranslation("rules");
  const [finding] = check.findings;
  if (finding === undefined) {
    return <span className={styles.good}>{t("reads", { columns: (check.columns ?? []).join(", ") })}</span>;
  }
  const [before, wrong, after] = marked(condition, finding);
  return (
    <>
      <pre className={styles.excerpt}>
        {before}
        <mark className={styles.wrong}>{wrong === "" ? "␣" : wrong}</mark>
        {after}
      </pre>
      <span className={styles.bad}>
        {t("at", { line: finding.line, column: finding.column })} {finding.message} {finding.hint ?? ""}
      </span>
    </>
  );
}

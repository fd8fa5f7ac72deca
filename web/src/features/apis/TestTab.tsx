import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { isApiError } from "@/lib/api/problem";
import type { ApiParameter, ApiRun } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import styles from "./apis.module.css";
import { missing } from "./model/calls";
import { ResultTable } from "./ResultTable";
import type { Trial } from "./use-trial";

interface Props {
  trial: Trial;
  parameters: ApiParameter[];
  /** The draft has changes: running saves them first. */
  dirty: boolean;
}

/** Runs the draft through the executor that serves callers: the same checks, limits and clock. */
export function TestTab({ trial, parameters, dirty }: Props) {
  const { t } = useTranslation("apis");
  const { run, values, setValue } = trial;
  const lacking = missing(parameters, values);
  return (
    <div className={styles.inner}>
      <ImeForm
        className={styles.trial}
        onSubmit={(event) => {
          event.preventDefault();
          trial.start();
        }}
      >
        {parameters.map((parameter) => (
          <ValueField
            key={parameter.name}
            parameter={parameter}
            value={values[parameter.name] ?? ""}
            onChange={(text) => setValue(parameter.name, text)}
          />
        ))}
        <Button
          type="submit"
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          loading={run.isPending}
          disabled={lacking.length > 0}
        >
          {dirty ? t("test.saveAndRun") : t("test.run")}
        </Button>
      </ImeForm>
      <p className={styles.note}>
        {lacking.length > 0 ? t("test.missing", { names: lacking.join(", ") }) : t("test.note")}
      </p>
      <div aria-live="polite">
        <Outcome trial={trial} />
      </div>
    </div>
  );
}

function ValueField(props: { parameter: ApiParameter; value: string; onChange(text: string): void }) {
  const { parameter, value, onChange } = props;
  const { t } = useTranslation("apis");
  const { name, type, enum: choices, default: standard } = parameter;
  const shared = { label: name, value, size: "xs" as const };
  const fallback = standard === null || standard === undefined ? "" : String(standard);
  const options = type === "boolean" ? ["true", "false"] : choices;
  if (options.length > 0)
    return (
      <NativeSelect
        {...shared}
        data={[
          { value: "", label: fallback === "" ? "–" : t("test.standard", { value: fallback }) },
          ...options,
        ]}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  return (
    <TextInput
      {...shared}
      placeholder={fallback === "" ? t(`type.${type}`) : t("test.standard", { value: fallback })}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function Outcome({ trial: { run } }: { trial: Trial }) {
  const { t } = useTranslation("apis");
  if (run.error !== null)
    return (
      <>
        {isApiError(run.error) && run.error.status > 0 ? (
          <p className={styles.facts}>
            <span className={`${styles.bad} num`}>{run.error.status}</span> <code>{run.error.code}</code>
          </p>
        ) : null}
        <ProblemNotice error={run.error} />
      </>
    );
  if (run.data === undefined || run.data === null) return null;
  if (run.data.items.length === 0)
    return (
      <>
        <Facts run={run.data} />
        <EmptyState kind="nothing" compact title={t("test.none.title")} text={t("test.none.text")} />
      </>
    );
  return (
    <>
      <Facts run={run.data} />
      <ResultTable items={run.data.items} />
    </>
  );
}

function Facts({ run }: { run: ApiRun }) {
  const { t, i18n } = useTranslation("apis");
  const ms = (value: number) => showText(value, "ms", i18n.language);
  return (
    <p className={`${styles.facts} num`} data-testid="trial-facts">
      <strong className={styles.good}>200</strong>
      <span>{t("test.rows", { count: run.row_count })}</span>
      <span>{t("test.time", { total: ms(run.times.total_ms), database: ms(run.times.database_ms) })}</span>
      <span>{showText(run.bytes, "bytes", i18n.language)}</span>
      {run.truncated ? <span className={styles.warn}>{t("test.truncated")}</span> : null}
    </p>
  );
}

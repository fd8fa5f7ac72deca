import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { isApiError } from "@/lib/api/problem";
import type { ApiParameter } from "@/lib/api/types";
import styles from "./apis.module.css";
import { CasesSection } from "./cases/CasesSection";
import { missing, valuesOf } from "./model/calls";
import { caseOf, type Given } from "./model/cases";
import { isFilled } from "./model/form";
import type { LogicType } from "./model/logic";
import { Outcome } from "./Outcome";
import type { Trial } from "./use-trial";

interface Props {
  trial: Trial;
  parameters: ApiParameter[];
  /** The draft has changes: running saves them first. */
  dirty: boolean;
  type: LogicType;
  apiId: string;
  ensureSaved(): Promise<unknown>;
}

/** Runs the draft through the executor that serves callers: the same checks, limits and clock. */
export function TestTab({ trial, parameters, dirty, type, apiId, ensureSaved }: Props) {
  const { t } = useTranslation("apis");
  const { run, values, setValue } = trial;
  const asked = parameters.filter(({ where }) => !isFilled(where));
  const lacking = missing(asked, values);
  return (
    <div className={styles.inner}>
      <ImeForm
        className={styles.trial}
        onSubmit={(event) => {
          event.preventDefault();
          trial.start();
        }}
      >
        {asked.map((parameter) => (
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
        <Outcome trial={trial} type={type} />
      </div>
      <CasesSection
        apiId={apiId}
        tried={() => caseOf(valuesOf(parameters, values), given(run, type))}
        ensureSaved={ensureSaved}
      />
    </div>
  );
}

/** What the last trial gave, as a case expects it; before one, any answer is fine. */
function given({ data, error }: Trial["run"], type: LogicType): Given {
  if (isApiError(error)) return { status: error.status, code: error.code, answer: undefined };
  if (data === undefined || data === null) return { status: 200, code: "", answer: undefined };
  const whole = type === "script" || type === "workflow";
  return { status: data.status ?? 200, code: "", answer: whole ? data.items[0] : data.items };
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

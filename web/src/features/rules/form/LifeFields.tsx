import { useTranslation } from "react-i18next";
import { type Kind, kindOf } from "../model/document";
import { ConditionField } from "./ConditionField";
import { useRuleForm } from "./context";
import { ChoiceField, NumberField } from "./fields";
import looks from "./form.module.css";

const waits: readonly Kind[] = ["threshold", "aggregate", "anomaly", "schedule", "composite"];
const hearsSilence: readonly Kind[] = ["threshold", "aggregate", "anomaly", "schedule"];
const resolves: Partial<Record<Kind, string>> = {
  threshold: "/resolve_condition",
  sequence: "/resolve_condition",
  schedule: "/resolve_condition",
  aggregate: "/resolve_having",
};
const usualClear: Partial<Record<Kind, number>> = { sequence: 300, anomaly: 300 };

/** How long it has to hold, when it ends, and what silence means. */
export function LifeFields() {
  const { t } = useTranslation("rules");
  const kind = kindOf(useRuleForm().content);
  const resolve = resolves[kind];
  return (
    <>
      <div className={looks.grid}>
        {waits.includes(kind) ? <NumberField pointer="/for_s" label={t("field.for")} usual={0} /> : null}
        <NumberField
          pointer="/resolve_after_s"
          label={t("field.resolveAfter")}
          usual={usualClear[kind] ?? 0}
        />
        <NumberField pointer="/cooldown_s" label={t("field.cooldown")} usual={0} />
        {hearsSilence.includes(kind) ? (
          <>
            <ChoiceField
              pointer="/no_data/policy"
              label={t("field.noData")}
              usual="keep"
              options={(["keep", "resolve", "alert"] as const).map((value) => ({
                value,
                label: t(`noData.${value}`),
              }))}
            />
            <NumberField pointer="/no_data/after_s" label={t("field.noDataAfter")} usual={300} />
          </>
        ) : null}
        <ChoiceField
          pointer="/severity"
          label={t("field.severity")}
          usual="warning"
          options={(["info", "warning", "critical"] as const).map((value) => ({
            value,
            label: t(`common:severity.${value}`),
          }))}
        />
      </div>
      {resolve === undefined ? null : (
        <ConditionField pointer={resolve} label={t("field.resolve")} hint={t("resolveHint")} optional />
      )}
    </>
  );
}

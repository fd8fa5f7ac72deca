import { MultiSelect, NumberInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import styles from "./escalation.module.css";
import { type PolicyForm, severities } from "./model";
import { useTargets } from "./queries";

/** Times to keep for each severity, and who hears when one has not been kept. */
export function SlaFields({ form }: { form: UseFormReturnType<PolicyForm> }) {
  const { t } = useTranslation("escalation");
  const { groups } = useTargets();
  const minutes = { min: 1, max: 525_600, clampBehavior: "strict", allowDecimal: false } as const;
  return (
    <fieldset className={styles.steps}>
      <legend>{t("field.sla")}</legend>
      <div className={styles.sla}>
        <span />
        <span className={styles.note}>{t("field.acknowledge")}</span>
        <span className={styles.note}>{t("field.resolve")}</span>
        {severities.map((severity) => (
          <Fragment key={severity}>
            <span>{t(`common:severity.${severity}`)}</span>
            {(["acknowledge", "resolve"] as const).map((kind) => (
              <NumberInput
                key={kind}
                aria-label={`${t(`common:severity.${severity}`)}: ${t(`field.${kind}`)}`}
                {...minutes}
                {...(kind === "acknowledge" ? { max: 10_080 } : {})}
                {...form.getInputProps(`sla.${severity}.${kind}_min`)}
              />
            ))}
          </Fragment>
        ))}
      </div>
      <MultiSelect
        label={t("field.breach")}
        data={groups}
        searchable
        {...form.getInputProps("breach_targets")}
      />
    </fieldset>
  );
}

import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import styles from "./apis.module.css";
import fields from "./fields.module.css";
import { audiences, isIdle, type TermNumber, termNumbers } from "./model/terms";
import type { ApiEditing } from "./use-api-form";

interface Props {
  form: ApiEditing["form"];
}

/** Who may call and on which terms: as a stream, begun again, paused, on its way out. */
export function TermsPanel({ form }: Props) {
  const { t } = useTranslation("apis");
  const isPublic = form.values.terms.callers === "public";
  return (
    <Panel title={t("terms.title")}>
      <div className={styles.inner}>
        <div className={fields.limits}>
          <NativeSelect
            label={t("terms.callers")}
            data={audiences.map((value) => ({ value, label: t(`audience.${value}`) }))}
            {...form.getInputProps("terms.callers")}
          />
          <Numbers form={form} names={["addressRate", "attempts", "waitMs", "failures", "openS"]} />
        </div>
        {isPublic ? <p className={styles.warn}>{t("terms.publicHint")}</p> : null}
        <Checkbox
          label={t("terms.streams")}
          description={t("terms.streamsHint")}
          {...form.getInputProps("terms.streams", { type: "checkbox" })}
        />
        <div className={fields.limits}>
          <Numbers form={form} names={["streamTimeoutMs", "streamRows", "streamBytes"]} />
        </div>
        <div className={fields.limits}>
          <TextInput type="date" label={t("terms.since")} {...form.getInputProps("terms.since")} />
          <TextInput type="date" label={t("terms.ends")} {...form.getInputProps("terms.ends")} />
          <TextInput label={t("terms.link")} maxLength={500} {...form.getInputProps("terms.link")} />
        </div>
      </div>
    </Panel>
  );
}

/** Numbers with their ranges; those that say nothing at the moment are not shown. */
function Numbers({ form, names }: Props & { names: readonly TermNumber[] }) {
  const { t, i18n } = useTranslation("apis");
  const count = (value: number) => value.toLocaleString(i18n.language);
  return names
    .filter((name) => !isIdle(name, form.values.terms))
    .map((name) => (
      <TextInput
        key={name}
        inputMode="numeric"
        label={t(`terms.${name}`)}
        description={t("limits.range", {
          from: count(termNumbers[name].from),
          to: count(termNumbers[name].to),
        })}
        {...form.getInputProps(`terms.${name}`)}
      />
    ));
}

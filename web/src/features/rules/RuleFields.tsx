import { Checkbox, NativeSelect, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { RuleForm } from "./model";
import { channelsQuery, metricNamesQuery } from "./queries";
import styles from "./rules.module.css";

interface Props {
  form: UseFormReturnType<RuleForm>;
}

/** Name, and what the rule watches. */
export function SourceFields({ form }: Props) {
  const { t } = useTranslation("rules");
  const names = useQuery(metricNamesQuery);
  const metric = form.values.sourceType === "metric";
  return (
    <>
      <TextInput label={t("field.name")} maxLength={200} {...form.getInputProps("name")} />
      <SegmentedControl
        aria-label={t("field.watches")}
        data={[
          { value: "metric", label: t("source.metric") },
          { value: "event", label: t("source.event") },
        ]}
        {...form.getInputProps("sourceType")}
      />
      {metric ? (
        <>
          <TextInput label={t("field.metric")} list="metric-names" {...form.getInputProps("metric")} />
          <datalist id="metric-names">
            {(names.data ?? []).map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </>
      ) : (
        <div className={styles.grid}>
          <TextInput
            label={t("field.eventType")}
            description={t("anyHint")}
            {...form.getInputProps("eventType")}
          />
          <TextInput
            label={t("field.eventSource")}
            description={t("anyHint")}
            {...form.getInputProps("eventSource")}
          />
        </div>
      )}
    </>
  );
}

/** How long it has to hold, when it ends, and what silence means. Seconds. */
export function TimingFields({ form }: Props) {
  const { t } = useTranslation("rules");
  return (
    <div className={styles.grid}>
      <TextInput inputMode="decimal" label={t("field.for")} {...form.getInputProps("forS")} />
      <TextInput
        inputMode="decimal"
        label={t("field.resolveAfter")}
        {...form.getInputProps("resolveAfterS")}
      />
      <TextInput inputMode="decimal" label={t("field.cooldown")} {...form.getInputProps("cooldownS")} />
      <NativeSelect
        label={t("field.noData")}
        data={(["keep", "resolve", "alert"] as const).map((value) => ({
          value,
          label: t(`noData.${value}`),
        }))}
        {...form.getInputProps("noData")}
      />
      <TextInput inputMode="decimal" label={t("field.noDataAfter")} {...form.getInputProps("noDataAfterS")} />
      <NativeSelect
        label={t("field.severity")}
        data={(["info", "warning", "critical"] as const).map((value) => ({
          value,
          label: t(`common:severity.${value}`),
        }))}
        {...form.getInputProps("severity")}
      />
    </div>
  );
}

/** What the alert says and where it is delivered besides the product itself. */
export function DeliveryFields({ form }: Props) {
  const { t } = useTranslation("rules");
  const channels = useQuery(channelsQuery);
  return (
    <>
      <TextInput
        label={t("field.title")}
        description={t("titleHint")}
        maxLength={300}
        {...form.getInputProps("title")}
      />
      <Textarea
        label={t("field.description")}
        autosize
        minRows={2}
        maxLength={4000}
        {...form.getInputProps("description")}
      />
      <Checkbox.Group
        label={t("field.channels")}
        description={t("channelsHint")}
        {...form.getInputProps("channels")}
      >
        <div className={styles.choices}>
          {(channels.data ?? []).map(({ slug, name }) => (
            <Checkbox key={slug} value={slug} label={name} />
          ))}
        </div>
      </Checkbox.Group>
    </>
  );
}

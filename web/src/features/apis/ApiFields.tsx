import { NativeSelect, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import styles from "./apis.module.css";
import fields from "./fields.module.css";
import { numberFieldNames, numberFields } from "./model/needs";
import type { ApiEditing } from "./use-api-form";

interface Props {
  form: ApiEditing["form"];
}

/** What it is called and where it answers. */
export function AddressPanel({ form }: Props) {
  const { t } = useTranslation("apis");
  return (
    <Panel title={t("address.title")} note={t("address.hint")}>
      <div className={styles.inner}>
        <div className={fields.address}>
          <TextInput label={t("field.name")} maxLength={200} {...form.getInputProps("name")} />
          <NativeSelect label={t("field.method")} data={["GET", "POST"]} {...form.getInputProps("method")} />
          <TextInput
            label={t("field.path")}
            leftSection={<span className={fields.prefix}>/runtime/</span>}
            leftSectionWidth={80}
            classNames={{ input: fields.mono ?? "" }}
            spellCheck={false}
            maxLength={200}
            {...form.getInputProps("path")}
          />
        </div>
      </div>
    </Panel>
  );
}

/** What the document of the published APIs says about it. */
export function DescriptionPanel({ form }: Props) {
  const { t } = useTranslation("apis");
  return (
    <Panel title={t("field.description")}>
      <div className={styles.inner}>
        <Textarea
          aria-label={t("field.description")}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={5000}
          {...form.getInputProps("description")}
        />
        <TagsInput
          label={t("field.tags")}
          description={t("parameters.choicesHint")}
          maxTags={20}
          {...form.getInputProps("tags")}
        />
      </div>
    </Panel>
  );
}

/** What one call, one caller and everybody together may use, and how long an answer may be given again. */
export function LimitsPanel({ form }: Props) {
  const { t, i18n } = useTranslation("apis");
  const count = (value: number) => value.toLocaleString(i18n.language);
  return (
    <Panel title={t("limits.title")}>
      <div className={styles.inner}>
        <div className={fields.limits}>
          {numberFieldNames.map((field) => (
            <TextInput
              key={field}
              inputMode="numeric"
              label={t(`field.${field}`)}
              description={t("limits.range", {
                from: count(numberFields[field].from),
                to: count(numberFields[field].to),
              })}
              {...(numberFields[field].optional ? { placeholder: t("limits.none") } : {})}
              {...form.getInputProps(field)}
            />
          ))}
        </div>
      </div>
    </Panel>
  );
}

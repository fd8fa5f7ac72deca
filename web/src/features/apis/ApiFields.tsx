import { NativeSelect, SimpleGrid, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import styles from "./apis.module.css";
import { numberFieldNames, numberFields } from "./model/form";
import type { ApiEditing } from "./use-api-form";

interface Props {
  form: ApiEditing["form"];
}

/** What it is called and where it answers. */
export function AddressPanel({ form }: Props) {
  const { t } = useTranslation("apis");
  return (
    <Panel title={t("address.title")}>
      <div className={styles.inner}>
        <div className={styles.address}>
          <NativeSelect label={t("field.method")} data={["GET", "POST"]} {...form.getInputProps("method")} />
          <TextInput
            label={t("field.path")}
            description={t("address.hint")}
            leftSection={<span className={styles.prefix}>/runtime/</span>}
            leftSectionWidth={78}
            classNames={{ input: styles.mono ?? "" }}
            spellCheck={false}
            maxLength={200}
            {...form.getInputProps("path")}
          />
        </div>
        <SimpleGrid cols={2}>
          <TextInput label={t("field.name")} maxLength={200} {...form.getInputProps("name")} />
          <TagsInput label={t("field.tags")} maxTags={20} {...form.getInputProps("tags")} />
        </SimpleGrid>
        <Textarea
          label={t("field.description")}
          autosize
          minRows={1}
          maxRows={6}
          maxLength={5000}
          {...form.getInputProps("description")}
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
        <SimpleGrid cols={{ base: 2, lg: 4 }}>
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
        </SimpleGrid>
      </div>
    </Panel>
  );
}

import { Checkbox, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import fields from "./fields.module.css";
import type { ParameterForm } from "./model/form";
import type { ApiEditing } from "./use-api-form";

const bounded = new Set(["string", "integer", "number"]);

interface Props {
  form: ApiEditing["form"];
  index: number;
  parameter: ParameterForm;
}

/** What is set less often: the description, bounds, choices, and whether logs may show the value. */
export function ParameterDetails({ form, index, parameter }: Props) {
  const { t } = useTranslation("apis");
  const at = `parameters.${index}`;
  return (
    <div className={fields.details}>
      <TextInput
        size="xs"
        label={t("field.description")}
        maxLength={2000}
        {...form.getInputProps(`${at}.description`)}
      />
      {parameter.type === "enum" ? (
        <TagsInput
          size="xs"
          label={t("field.choices")}
          description={t("parameters.choicesHint")}
          {...form.getInputProps(`${at}.choices`)}
        />
      ) : null}
      {bounded.has(parameter.type) ? (
        <div className={fields.pair}>
          <TextInput
            size="xs"
            inputMode="decimal"
            label={t(parameter.type === "string" ? "field.shortest" : "field.minimum")}
            {...form.getInputProps(`${at}.minimum`)}
          />
          <TextInput
            size="xs"
            inputMode="decimal"
            label={t(parameter.type === "string" ? "field.longest" : "field.maximum")}
            {...form.getInputProps(`${at}.maximum`)}
          />
        </div>
      ) : null}
      <Checkbox
        size="xs"
        label={t("field.sensitive")}
        {...form.getInputProps(`${at}.sensitive`, { type: "checkbox" })}
      />
    </div>
  );
}

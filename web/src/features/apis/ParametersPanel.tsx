import { ActionIcon, Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import styles from "./apis.module.css";
import fields from "./fields.module.css";
import { isFilled, newParameter, type ParameterForm, parameterTypes, places } from "./model/form";
import { ParameterDetails } from "./ParameterDetails";
import type { ApiEditing } from "./use-api-form";

type Form = ApiEditing["form"];

export function ParametersPanel({ form, readOnly }: { form: Form; readOnly: boolean }) {
  const { t } = useTranslation("apis");
  const where = form.values.method === "POST" ? "body" : "query";
  const add = (
    <Button
      size="compact-sm"
      variant="subtle"
      leftSection={<IconPlus size={14} aria-hidden />}
      onClick={() => form.insertListItem("parameters", newParameter(crypto.randomUUID(), "", where))}
    >
      {t("parameters.add")}
    </Button>
  );
  return (
    <Panel title={t("parameters.title")} actions={readOnly ? null : add}>
      {form.values.parameters.length === 0 ? (
        <p className={styles.hint}>{t("parameters.none")}</p>
      ) : (
        <div className={fields.scroll}>
          <table className={fields.parameters}>
            <thead>
              <tr>
                <th scope="col">{t("field.name")}</th>
                <th scope="col" className={fields.narrow}>
                  {t("field.type")}
                </th>
                <th scope="col" className={fields.narrow}>
                  {t("field.where")}
                </th>
                <th scope="col" className={fields.tiny}>
                  {t("field.required")}
                </th>
                <th scope="col">{t("field.default")}</th>
                <td />
              </tr>
            </thead>
            {form.values.parameters.map((parameter, index) => (
              <ParameterRow key={parameter.key} form={form} index={index} parameter={parameter} />
            ))}
          </table>
        </div>
      )}
    </Panel>
  );
}

interface RowProps {
  form: Form;
  index: number;
  parameter: ParameterForm;
}

function ParameterRow({ form, index, parameter }: RowProps) {
  const { t } = useTranslation("apis");
  const [wanted, setWanted] = useState(parameter.type === "enum");
  const choicesMissing = form.errors[`parameters.${index}.choices`] !== undefined;
  const open = wanted || choicesMissing;
  const Chevron = open ? IconChevronDown : IconChevronRight;
  const name = parameter.name === "" ? t("parameters.unnamed") : parameter.name;
  return (
    <tbody>
      <tr>
        <ParameterCells form={form} index={index} parameter={parameter} />
        <td className={fields.rowActions}>
          <ActionIcon
            aria-label={t("parameters.details", { name })}
            aria-expanded={open}
            onClick={() => setWanted(!open)}
          >
            <Chevron size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            aria-label={t("parameters.remove", { name })}
            onClick={() => form.removeListItem("parameters", index)}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </td>
      </tr>
      {open ? (
        <tr>
          <td colSpan={6}>
            <ParameterDetails form={form} index={index} parameter={parameter} />
          </td>
        </tr>
      ) : null}
    </tbody>
  );
}

function ParameterCells({ form, index, parameter }: RowProps) {
  const { t } = useTranslation("apis");
  const at = `parameters.${index}`;
  const filled = isFilled(parameter.where);
  return (
    <>
      <td>
        <TextInput
          size="xs"
          aria-label={t("field.name")}
          classNames={{ input: fields.mono ?? "" }}
          spellCheck={false}
          {...form.getInputProps(`${at}.name`)}
        />
      </td>
      <td>
        <NativeSelect
          size="xs"
          aria-label={t("field.type")}
          data={parameterTypes.map((value) => ({ value, label: t(`type.${value}`) }))}
          {...form.getInputProps(`${at}.type`)}
        />
      </td>
      <td>
        <NativeSelect
          size="xs"
          aria-label={t("field.where")}
          data={places.map((value) => ({ value, label: t(`place.${value}`) }))}
          {...form.getInputProps(`${at}.where`)}
        />
      </td>
      <td>
        <Checkbox
          size="xs"
          aria-label={t("field.required")}
          disabled={filled}
          {...form.getInputProps(`${at}.required`, { type: "checkbox" })}
        />
      </td>
      <td>
        <TextInput
          size="xs"
          aria-label={t("field.default")}
          classNames={{ input: fields.mono ?? "" }}
          disabled={filled}
          placeholder={filled ? t("parameters.filled") : ""}
          value={filled ? "" : (parameter.default ?? "")}
          onChange={({ currentTarget: { value } }) =>
            form.setFieldValue(`${at}.default`, value === "" ? null : value)
          }
        />
      </td>
    </>
  );
}

import { ActionIcon, Button, Checkbox, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ApiParameter } from "@/lib/api/types";
import { isObject, type Json, type JsonObject } from "@/lib/json/pointer";
import { choicesOf, flawOf, isAsked } from "../model/call";
import { apiKeysQuery, apiParametersQuery } from "../queries";
import styles from "../rules.module.css";
import { useField } from "./context";
import looks from "./form.module.css";

/** Published APIs that are called, each with the values that its own parameters ask for. */
export function CallFields() {
  const { t } = useTranslation("rules");
  const { value, readOnly, set } = useField("/actions", t("field.actions"));
  const actions = (Array.isArray(value) ? value : []).filter(isObject);
  const apis = useQuery(apiKeysQuery);
  const keys = (apis.data ?? []).map(({ key }) => key);
  return (
    <fieldset className={looks.fieldset} disabled={readOnly}>
      <legend className={looks.legend}>{t("field.calls")}</legend>
      <Stack gap="sm" mb={6}>
        {actions.map((action, index) =>
          action["type"] === "call" ? (
            <Call
              // biome-ignore lint/suspicious/noArrayIndexKey: an action has no name but its place
              key={index}
              action={action}
              keys={keys}
              onChange={(next) => set(actions.with(index, next))}
              onRemove={() => set(actions.filter((_, at) => at !== index))}
            />
          ) : null,
        )}
      </Stack>
      <Button
        size="compact-xs"
        variant="default"
        disabled={keys.length === 0}
        leftSection={<IconPlus size={13} aria-hidden />}
        onClick={() => set([...actions, { type: "call", api: keys[0] ?? "", parameters: {} }])}
      >
        {t("calls.add")}
      </Button>
    </fieldset>
  );
}

interface CallProps {
  action: JsonObject;
  keys: readonly string[];
  onChange(action: JsonObject): void;
  onRemove(): void;
}

const steps = ["fire", "resolve"] as const;

function Call({ action, keys, onChange, onRemove }: CallProps) {
  const { t } = useTranslation("rules");
  const key = String(action["api"] ?? "");
  const on = Array.isArray(action["on"]) ? action["on"].map(String) : ["fire"];
  return (
    <div className={looks.call}>
      <Group gap="xs" wrap="nowrap">
        <NativeSelect
          className={styles.fill ?? ""}
          aria-label={t("calls.api")}
          value={key}
          data={keys.includes(key) ? [...keys] : [key, ...keys]}
          onChange={(event) => onChange({ ...action, api: event.currentTarget.value, parameters: {} })}
        />
        <ActionIcon variant="subtle" aria-label={t("remove", { name: key })} onClick={onRemove}>
          <IconX size={15} aria-hidden />
        </ActionIcon>
      </Group>
      <Checkbox.Group
        aria-label={t("calls.on")}
        value={on}
        // An action that is never done is none: the last one stays.
        onChange={(next) => next.length > 0 && onChange({ ...action, on: next })}
      >
        <div className={looks.choices}>
          {steps.map((step) => (
            <Checkbox key={step} value={step} label={t(`calls.step.${step}`)} />
          ))}
        </div>
      </Checkbox.Group>
      <Parameters action={action} onChange={onChange} />
    </div>
  );
}

function Parameters({ action, onChange }: Pick<CallProps, "action" | "onChange">) {
  const { t } = useTranslation("rules");
  const key = String(action["api"] ?? "");
  const { data: id } = useQuery({
    ...apiKeysQuery,
    select: (found) => found.find((each) => each.key === key)?.id,
  });
  const declared = useQuery(apiParametersQuery(id)).data?.filter(isAsked);
  const values = isObject(action["parameters"]) ? action["parameters"] : {};
  const write = (name: string, text: string | null) => {
    const { [name]: _, ...others } = values;
    const next: Record<string, Json> = text === null || text === "" ? others : { ...values, [name]: text };
    onChange({ ...action, parameters: next });
  };
  if (declared === undefined) return null;
  const foreign = Object.keys(values).filter((name) => !declared.some((each) => each.name === name));
  return (
    <>
      {declared.map((parameter) => (
        <Parameter
          key={parameter.name}
          parameter={parameter}
          text={typeof values[parameter.name] === "string" ? String(values[parameter.name]) : undefined}
          onChange={(text) => write(parameter.name, text)}
        />
      ))}
      {foreign.map((name) => (
        <Group key={name} gap="xs">
          <span className={styles.bad}>{t("calls.unknown", { name })}</span>
          <Button size="compact-xs" variant="default" onClick={() => write(name, null)}>
            {t("remove", { name })}
          </Button>
        </Group>
      ))}
    </>
  );
}

interface ParameterProps {
  parameter: ApiParameter;
  text: string | undefined;
  onChange(text: string): void;
}

function Parameter({ parameter, text, onChange }: ParameterProps) {
  const { t } = useTranslation("rules");
  const flaw = flawOf(parameter, text);
  const list = `call-${parameter.name}`;
  const choices = choicesOf(parameter);
  const { minimum, maximum, description } = parameter;
  return (
    <>
      <TextInput
        label={parameter.name}
        description={description === "" ? undefined : description}
        required={parameter.required === true}
        placeholder={
          parameter.default === null || parameter.default === undefined
            ? t(`calls.type.${parameter.type ?? "string"}`, { place: "{{ item }}" })
            : String(parameter.default)
        }
        list={choices === null ? undefined : list}
        error={flaw === null ? undefined : t(`calls.flaw.${flaw}`, { minimum, maximum })}
        maxLength={300}
        value={text ?? ""}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {choices === null ? null : (
        <datalist id={list}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </>
  );
}

import { Checkbox, MultiSelect, NumberInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { useContext, useEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { flawOf, type Input } from "../model/form";
import { asText } from "../model/template";
import { useAround, usePage } from "../page";
import type { Of, Schemas } from "../types";
import { inLanguage, useBound, useTruth, useWords } from "../use-bound";
import { DateField, type FieldProps, FileField, RangeField } from "./file-and-date";
import { FormContext } from "./form-context";

export { isInput } from "../model/form";

function useField(node: Input) {
  const { store, run } = usePage();
  const form = useContext(FormContext);
  const around = useAround();
  const name = node.state ?? null;
  const stored = useSyncExternalStore(store.subscribe, () =>
    name === null ? undefined : store.read().state[name],
  );
  const value = name === null ? form?.values[node.id] : stored;
  const initial = useBound(node.initial ?? null);
  useEffect(() => {
    if (name !== null && initial.ready && initial.value !== null && store.read().state[name] === undefined)
      store.set("state", name, initial.value);
  }, [name, initial.ready, initial.value, store]);
  const write = (next: unknown) => {
    if (name === null) form?.write(node.id, next);
    else store.set("state", name, next);
    void run(node.on?.["change"], { value: next }, around);
  };
  return { value: value ?? null, write, flaw: form?.flaws[node.id] };
}

/** An input with its label, its help and what is wrong with it. */
export function InputPart({ node, disabled }: { node: Input; disabled: boolean }) {
  const { t } = useTranslation("screens");
  const { value, write, flaw } = useField(node);
  const label = useWords(node.label);
  const help = useWords(node.help);
  const required = useTruth(node.required, false);
  const told = useBound(node.problem ?? null, { value }).value;
  const own = value === null ? null : flawOf(node, value, false);
  const error =
    flaw ?? (own === null ? (typeof told === "string" && told !== "" ? told : null) : t(`flaw.${own}`));
  const shared = {
    label,
    disabled,
    error,
    withAsterisk: required,
    ...(help === "" ? {} : { description: help }),
  };
  return (
    <div data-field={node.id}>
      <Field node={node} shared={shared} value={value} write={write} />
    </div>
  );
}

function Field({ node, shared, value, write }: FieldProps<Input>) {
  switch (node.type) {
    case "input":
      return <TextField node={node} shared={shared} value={value} write={write} />;
    case "number":
      return (
        <NumberInput
          {...shared}
          value={typeof value === "number" ? value : ""}
          onChange={(next) => write(next === "" ? null : Number(next))}
          {...(typeof node.minimum === "number" ? { min: node.minimum } : {})}
          {...(typeof node.maximum === "number" ? { max: node.maximum } : {})}
          {...(typeof node.step === "number" ? { step: node.step } : {})}
          {...(node.unit ? { suffix: ` ${node.unit}` } : {})}
          clampBehavior="none"
        />
      );
    case "select":
    case "multiselect":
      return <Choices node={node} shared={shared} value={value} write={write} />;
    case "date":
      return <DateField time={node.time ?? false} shared={shared} value={value} write={write} />;
    case "daterange":
      return <RangeField node={node} shared={shared} value={value} write={write} />;
    case "checkbox": {
      const { withAsterisk: _, ...plain } = shared;
      return (
        <Checkbox
          {...plain}
          checked={value === true}
          onChange={(event) => write(event.currentTarget.checked)}
        />
      );
    }
    case "switch": {
      const { withAsterisk: _, ...plain } = shared;
      return (
        <Switch
          {...plain}
          checked={value === true}
          onChange={(event) => write(event.currentTarget.checked)}
        />
      );
    }
    default:
      return <FileField node={node} shared={shared} value={value} write={write} />;
  }
}

function TextField({ node, shared, value, write }: FieldProps<Of<"input">>) {
  const placeholder = useWords(node.placeholder);
  const props = { ...shared, placeholder, value: asText(value) };
  if (node.kind === "long_text")
    return (
      <Textarea
        {...props}
        autosize
        minRows={3}
        maxRows={12}
        onChange={(event) => write(event.currentTarget.value)}
      />
    );
  const type = node.kind === "email" || node.kind === "url" || node.kind === "search" ? node.kind : "text";
  return <TextInput {...props} type={type} onChange={(event) => write(event.currentTarget.value)} />;
}

type Choice = Schemas["Choice"];

function useChoices(options: Of<"select">["options"]) {
  const { language } = usePage();
  const { value } = useBound(options ?? []);
  const list = Array.isArray(value) ? value : [];
  const values = new Map<string, unknown>();
  const data = list.map((each: Choice | string | number) => {
    const choice = typeof each === "object" && each !== null ? each : { value: each, label: "" };
    const key = asText(choice.value);
    values.set(key, choice.value);
    return { value: key, label: inLanguage(choice.label ?? "", language) || key };
  });
  return { data: [...new Map(data.map((each) => [each.value, each])).values()], values };
}

function Choices({ node, shared, value, write }: FieldProps<Of<"select"> | Of<"multiselect">>) {
  const { data, values } = useChoices(node.options);
  if (node.type === "select")
    return (
      <Select
        {...shared}
        data={data}
        value={value === null ? null : asText(value)}
        clearable={node.clearable ?? true}
        searchable={data.length > 8}
        onChange={(next) => write(next === null ? null : values.get(next))}
      />
    );
  return (
    <MultiSelect
      {...shared}
      data={data}
      value={Array.isArray(value) ? value.map(asText) : []}
      searchable
      onChange={(next) => write(next.map((each) => values.get(each)))}
    />
  );
}

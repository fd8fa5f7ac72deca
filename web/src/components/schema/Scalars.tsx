import { Input, NumberInput, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { fieldId, useFlawAt, useSchemaForm } from "./context";
import type { ViewProps } from "./FieldView";

/** A text that is not required and is emptied is left out, so that the default holds again. */
export function TextField({ field, schema, value, pointer, label, help, required }: ViewProps<"text">) {
  const { change, readOnly, textView } = useSchemaForm();
  const optional = !required && (schema["default"] === null || schema["default"] === undefined);
  const write = (text: string) => change(pointer, text === "" && optional ? undefined : text);
  const props = {
    id: fieldId(pointer),
    label,
    description: help,
    required,
    error: useFlawAt(pointer),
    readOnly,
    value:
      typeof value === "string" ? value : value === null || value === undefined ? "" : JSON.stringify(value),
    onChange: (event: { currentTarget: { value: string } }) => write(event.currentTarget.value),
  };
  const own = textView?.({ pointer, label, value: props.value, readOnly, onChange: write });
  if (own !== undefined) {
    const { description, error } = props;
    return <Input.Wrapper {...{ label, description, required, error }}>{own}</Input.Wrapper>;
  }
  if (field.secret) return <PasswordInput {...props} autoComplete="off" />;
  return field.long ? <Textarea {...props} autosize minRows={2} maxRows={14} /> : <TextInput {...props} />;
}

export function NumberField({ field, value, pointer, label, help, required }: ViewProps<"number">) {
  const { change, readOnly } = useSchemaForm();
  return (
    <NumberInput
      id={fieldId(pointer)}
      label={label}
      description={help}
      required={required}
      error={useFlawAt(pointer)}
      readOnly={readOnly}
      allowDecimal={!field.integer}
      allowNegative={field.min === undefined || field.min < 0}
      clampBehavior="none"
      stepHoldDelay={400}
      stepHoldInterval={60}
      {...(field.min === undefined ? {} : { min: field.min })}
      {...(field.max === undefined ? {} : { max: field.max })}
      value={typeof value === "number" ? value : ""}
      onChange={(next) => change(pointer, next === "" ? undefined : Number(next))}
    />
  );
}

import { FileInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { toast } from "@/components/toast/toast";
import type { Input } from "../model/form";
import { asText } from "../model/template";
import type { Of } from "../types";

export interface FieldProps<N extends Input> {
  node: N;
  shared: {
    label: string;
    disabled: boolean;
    error: string | null;
    withAsterisk: boolean;
    description?: string;
  };
  value: unknown;
  write(value: unknown): void;
}

type Shared = FieldProps<Input>["shared"];

/** The browser's own picker: it knows the reader's calendar and keyboard. State holds what it says, such as 2026-11-23. */
export function DateField({
  time,
  shared,
  value,
  write,
}: {
  time: boolean;
  shared: Shared;
  value: unknown;
  write(value: unknown): void;
}) {
  return (
    <TextInput
      {...shared}
      type={time ? "datetime-local" : "date"}
      value={asText(value)}
      onChange={(event) => write(event.currentTarget.value === "" ? null : event.currentTarget.value)}
    />
  );
}

export function RangeField({ node, shared, value, write }: FieldProps<Of<"daterange">>) {
  const { t } = useTranslation("screens");
  const range = (typeof value === "object" && value !== null ? value : {}) as {
    from?: unknown;
    to?: unknown;
  };
  const part = (name: "from" | "to") => ({
    time: node.time ?? false,
    shared: {
      ...shared,
      label: `${shared.label} · ${t(`range.${name}`)}`,
      error: name === "to" ? shared.error : null,
    },
    value: range[name] ?? null,
    write: (next: unknown) => write({ ...range, [name]: next }),
  });
  return (
    <div style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
      <DateField {...part("from")} />
      <DateField {...part("to")} />
    </div>
  );
}

export function FileField({ node, shared, value, write }: FieldProps<Of<"file">>) {
  const { t } = useTranslation("screens");
  const kept = value as { name?: string } | null;
  const take = async (file: File | null) => {
    if (file === null) return write(null);
    const most = node.most_bytes ?? 1_000_000;
    if (file.size > most) return toast({ tone: "warn", title: t("problem.file", { name: file.name, most }) });
    const bytes = new Uint8Array(await file.arrayBuffer());
    const isText = file.type.startsWith("text/") || /json|xml|yaml|csv/.test(file.type);
    const content = isText
      ? { text: new TextDecoder().decode(bytes) }
      : { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) };
    return write({ name: file.name, type: file.type, size: file.size, ...content });
  };
  return (
    <FileInput
      {...shared}
      clearable
      placeholder={kept?.name ?? t("file")}
      accept={(node.accept ?? []).join(",")}
      onChange={(file) => void take(file)}
    />
  );
}

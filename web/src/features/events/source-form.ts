/** A source as the form has it. Pure. */
import type { EventSource, EventSourceEdit } from "@/lib/api/types";

export const schemes = ["github", "stripe", "standard", "custom"] as const;
export type SchemeName = (typeof schemes)[number];

export interface SourceForm {
  name: string;
  scheme: SchemeName;
  mapping: string;
  enabled: boolean;
  secret: string;
  windowS: string;
  signatureHeader: string;
  timeHeader: string;
  prefix: string;
  encoding: "hex" | "base64";
}

export const newForm: SourceForm = {
  name: "",
  scheme: "standard",
  mapping: "",
  enabled: true,
  secret: "",
  windowS: "300",
  signatureHeader: "X-Signature",
  timeHeader: "",
  prefix: "",
  encoding: "hex",
};

export function formOf(source: EventSource): SourceForm {
  const { scheme } = source;
  const form = {
    ...newForm,
    name: source.name,
    scheme: scheme.type,
    mapping: source.mapping ?? "",
    enabled: source.enabled,
  };
  if (scheme.type === "github") return form;
  const windowS = String(scheme.window_s ?? 300);
  if (scheme.type !== "custom") return { ...form, windowS };
  return {
    ...form,
    windowS,
    signatureHeader: scheme.signature_header ?? newForm.signatureHeader,
    timeHeader: scheme.time_header ?? "",
    prefix: scheme.prefix ?? "",
    encoding: scheme.encoding ?? "hex",
  };
}

export function fits(form: SourceForm): boolean {
  const window = Number(form.windowS);
  const header = /^[A-Za-z0-9-]{1,80}$/;
  return (
    form.name.trim() !== "" &&
    (form.secret === "" || form.secret.length >= 8) &&
    Number.isInteger(window) &&
    window >= 10 &&
    window <= 3600 &&
    header.test(form.signatureHeader) &&
    (form.timeHeader === "" || header.test(form.timeHeader))
  );
}

export function editOf(form: SourceForm): EventSourceEdit {
  return {
    name: form.name.trim(),
    mapping: form.mapping === "" ? null : form.mapping,
    enabled: form.enabled,
    scheme: schemeOf(form),
  };
}

function schemeOf(form: SourceForm): EventSourceEdit["scheme"] {
  const window_s = Number(form.windowS);
  switch (form.scheme) {
    case "github":
      return { type: "github" };
    case "stripe":
      return { type: "stripe", window_s };
    case "standard":
      return { type: "standard", window_s };
    case "custom":
      return {
        type: "custom",
        window_s,
        signature_header: form.signatureHeader,
        time_header: form.timeHeader === "" ? null : form.timeHeader,
        prefix: form.prefix,
        encoding: form.encoding,
      };
  }
}

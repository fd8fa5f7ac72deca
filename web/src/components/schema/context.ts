import { createContext, type ReactNode, useCallback, useContext } from "react";
import { useTranslation } from "react-i18next";
import type { Json } from "@/lib/json/pointer";
import type { Flaw } from "./check";
import type { Schema } from "./fields";

export interface FormContext {
  root: Schema;
  flaws: readonly Flaw[];
  readOnly: boolean;
  /** Writes at a pointer; undefined takes the value away. */
  change(pointer: string, value: Json | undefined): void;
  /** An input of the page's own for a text at some place. */
  textView?: TextView | undefined;
}

export interface TextAt {
  pointer: string;
  label: string;
  value: string;
  readOnly: boolean;
  onChange(text: string): void;
}
export type TextView = (at: TextAt) => ReactNode | undefined;

export const SchemaContext = createContext<FormContext | null>(null);

export function useSchemaForm(): FormContext {
  const found = useContext(SchemaContext);
  if (found === null) throw new Error("a schema field stands outside a SchemaForm");
  return found;
}

/** The word for a property where there is one, else its name as it stands in the text. */
export function usePropertyWord() {
  const { t, i18n } = useTranslation("schema");
  return (name: string): string => (i18n.exists(`schema:word.${name}`) ? t(`word.${name}`) : name);
}

/** The word for a choice where there is one, else the value itself. */
export function useChoiceWord() {
  const { t, i18n } = useTranslation("schema");
  return (value: string): string => (i18n.exists(`schema:choice.${value}`) ? t(`choice.${value}`) : value);
}

/** What is said of a part of a document, in the reader's language where somebody has written it; else as its schema has it. */
export function useHelp() {
  const { t, i18n } = useTranslation("schema");
  return ({ title, type, description }: Schema, name: string): string | undefined => {
    // A whole part is named by its class; a number or a text may have any name.
    if (type === "object" && typeof title === "string" && i18n.exists(`schema:help.${title}`))
      return t(`help.${title}`);
    if (typeof description !== "string") return undefined;
    return i18n.exists(`schema:about.${name}`) ? t(`about.${name}`) : description;
  };
}

export function useFlawText() {
  const { t } = useTranslation("schema");
  return useCallback(
    ({ code, message, limit }: Flaw): string =>
      message ?? (code === undefined ? "" : t(`flaw.${code}`, { limit: limit ?? "" })),
    [t],
  );
}

/** What is wrong at exactly this place. */
export function useFlawAt(pointer: string): string | undefined {
  const { flaws } = useSchemaForm();
  const text = useFlawText();
  const here = flaws.filter((flaw) => flaw.pointer === pointer);
  return here.length === 0 ? undefined : here.map(text).join(" ");
}

export function fieldId(pointer: string): string {
  return `field${pointer.replaceAll(/[^\w/-]/g, "_")}`;
}

/** The rule that the fields of the form write to: each at its own place and nowhere else. */
import { createContext, use } from "react";
import type { Finding } from "@/lib/api/types";
import { type Json, type JsonObject, valueAt, withValue } from "@/lib/json/pointer";

export interface RuleForm {
  content: JsonObject;
  findings: readonly Finding[];
  readOnly: boolean;
  /** `label` names what was changed, for undo. */
  change(content: JsonObject, label: string): void;
}

export const RuleFormContext = createContext<RuleForm | null>(null);

export function useRuleForm(): RuleForm {
  const form = use(RuleFormContext);
  if (form === null) throw new Error("a rule's field stands outside of its form");
  return form;
}

/** One place of the rule; undefined takes the value away. */
export function useField(pointer: string, label: string) {
  const { content, findings, readOnly, change } = useRuleForm();
  const found = findings.find((each) => each.pointer === pointer);
  return {
    value: valueAt(content, pointer),
    error: found === undefined ? undefined : found.message,
    finding: found,
    readOnly,
    set: (value: Json | undefined) => change(withValue(content, pointer, value) as JsonObject, label),
  };
}

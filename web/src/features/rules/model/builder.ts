/** A condition as it is drawn: groups of groups and comparisons, as the server reads and writes them. Pure. */
import type { ConditionDrawing } from "@/lib/api/types";

export type DrawnGroup = ConditionDrawing;
export type DrawnPart = DrawnGroup["rules"][number];
export type DrawnRule = Exclude<DrawnPart, { rules: unknown }>;
export type Operator = DrawnRule["operator"];

export const operators: readonly Operator[] = [
  "=",
  "!=",
  ">",
  ">=",
  "<",
  "<=",
  "contains",
  "doesNotContain",
  "beginsWith",
  "endsWith",
  "in",
  "notIn",
  "between",
  "null",
  "notNull",
];

export function isGroup(part: DrawnPart): part is DrawnGroup {
  return "rules" in part;
}

export function blankRule(field: string): DrawnRule {
  return {
    field,
    operator: field === "value" ? ">" : "=",
    value: field === "value" ? 90 : "",
    valueSource: "value",
  };
}

export function blankGroup(field: string): DrawnGroup {
  return { combinator: "or", not: false, rules: [blankRule(field)] };
}

export function replaced(group: DrawnGroup, at: number, next: DrawnPart | null): DrawnGroup {
  const rules = next === null ? group.rules.filter((_, index) => index !== at) : group.rules.with(at, next);
  return { ...group, rules };
}

export const takesNone = (operator: Operator) => operator === "null" || operator === "notNull";
export const takesMany = (operator: Operator) => ["in", "notIn", "between", "notBetween"].includes(operator);

/** What is typed for a value: numbers where the field holds them, several parted by commas. */
export function valueFrom(text: string, { field, operator }: Pick<DrawnRule, "field" | "operator">) {
  if (takesNone(operator)) return null;
  if (takesMany(operator)) return text.split(",").map((each) => scalar(each.trim(), field));
  return operator.toLowerCase().includes("with") || operator.toLowerCase().includes("contain")
    ? text
    : scalar(text, field);
}

function scalar(text: string, field: string): string | number | boolean {
  if (field.startsWith("data") && (text === "true" || text === "false")) return text === "true";
  const number = Number(text);
  const numeric = field === "value" || field.startsWith("data");
  return numeric && text.trim() !== "" && Number.isFinite(number) ? number : text;
}

export function textOf(value: DrawnRule["value"]): string {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.join(", ") : String(value);
}

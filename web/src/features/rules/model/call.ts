/** What a rule's call says of an API's parameters. Values are texts, since they may hold places such as {{ item }}. Pure. */
import type { ApiParameter } from "@/lib/api/types";

/** What the server fills in by itself, whatever a caller says. */
const own: readonly ApiParameter["where"][] = ["caller", "tenant", "now"];

export const isAsked = ({ where }: ApiParameter) => where === undefined || !own.includes(where);

const place = /\{\{[^{}]*\}\}/;

export type Flaw = "required" | "number" | "whole" | "least" | "most" | "choice";

/** What is wrong with a value; what has a place in it is known only when the alert fires. */
export function flawOf(parameter: ApiParameter, text: string | undefined): Flaw | null {
  if (text === undefined || text === "") {
    const standard = parameter.default ?? null;
    return parameter.required && standard === null ? "required" : null;
  }
  if (place.test(text)) return null;
  if (parameter.type === "enum") return parameter.enum?.includes(text) ? null : "choice";
  return parameter.type === "integer" || parameter.type === "number" ? numberFlaw(parameter, text) : null;
}

function numberFlaw({ type, minimum, maximum }: ApiParameter, text: string): Flaw | null {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) return "number";
  if (type === "integer" && !Number.isInteger(number)) return "whole";
  if (number < (minimum ?? Number.NEGATIVE_INFINITY)) return "least";
  return number > (maximum ?? Number.POSITIVE_INFINITY) ? "most" : null;
}

/** Values among which one is chosen; null where anything may be typed. */
export function choicesOf({ type, enum: listed }: ApiParameter): string[] | null {
  if (type === "boolean") return ["true", "false"];
  return type === "enum" ? (listed ?? []) : null;
}

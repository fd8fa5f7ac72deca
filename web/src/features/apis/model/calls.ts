import type { ApiDefinition, ApiParameter } from "@/lib/api/types";
import { isFilled, typedValue } from "./form";
import { type Call, callOf } from "./snippets";

export type Typed = Readonly<Record<string, string>>;

const given = (values: Typed, name: string) => (values[name] ?? "") !== "";

/** What a trial call sends: only what was filled in, as its type wants it. */
export function valuesOf(
  parameters: readonly ApiParameter[],
  values: Typed,
): Record<string, string | number | boolean> {
  const sent: Record<string, string | number | boolean> = {};
  for (const { name, type, where } of parameters)
    if (!isFilled(where) && given(values, name)) sent[name] = typedValue(type, values[name] ?? "");
  return sent;
}

/** Required parameters that have neither a value nor a default. */
export function missing(parameters: readonly ApiParameter[], values: Typed): string[] {
  return parameters
    .filter(({ required, where, default: standard }) => {
      const bare = standard === null || standard === undefined;
      return (required || where === "path") && bare;
    })
    .map(({ name }) => name)
    .filter((name) => !given(values, name));
}

/** The full address of a call. A path parameter without a value keeps its braces, for the reader to fill in. */
export function addressOf(url: string, definition: ApiDefinition, values: Typed): string {
  return callWith(url, definition, values).address;
}

/** The call that the typed values make. */
export function callWith(url: string, { method, parameters }: ApiDefinition, values: Typed): Call {
  return callOf(url, method ?? "GET", parameters ?? [], valuesOf(parameters ?? [], values));
}

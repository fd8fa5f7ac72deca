import type { ApiDefinition, ApiParameter } from "@/lib/api/types";
import { typedValue } from "./form";

export type Typed = Readonly<Record<string, string>>;

const given = (values: Typed, name: string) => (values[name] ?? "") !== "";

/** What a trial call sends: only what was filled in, as its type wants it. */
export function valuesOf(
  parameters: readonly ApiParameter[],
  values: Typed,
): Record<string, string | number | boolean> {
  const sent: Record<string, string | number | boolean> = {};
  for (const { name, type } of parameters)
    if (given(values, name)) sent[name] = typedValue(type, values[name] ?? "");
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

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The full address of a call. A path parameter without a value keeps its braces, for the reader to fill in. */
export function addressOf(url: string, definition: ApiDefinition, values: Typed): string {
  const parameters = definition.parameters ?? [];
  const filled = parameters
    .filter(({ name, where }) => where === "path" && given(values, name))
    .reduce((text, { name }) => text.replaceAll(`{${name}}`, encodeURIComponent(values[name] ?? "")), url);
  const query = parameters
    .filter(({ name, where }) => where === "query" && given(values, name))
    .map(({ name }) => `${encodeURIComponent(name)}=${encodeURIComponent(values[name] ?? "")}`);
  return query.length === 0 ? filled : `${filled}?${query.join("&")}`;
}

/** The call as a shell command that only lacks a key. */
export function curlOf(url: string, definition: ApiDefinition, values: Typed): string {
  const lines = [`curl ${shellWord(addressOf(url, definition, values))}`, '-H "X-API-Key: $OPSLOOM_API_KEY"'];
  if (definition.method === "POST") {
    const body = (definition.parameters ?? []).filter(({ where }) => where === "body");
    lines.push(
      "-H 'Content-Type: application/json'",
      `-d ${shellWord(JSON.stringify(valuesOf(body, values)))}`,
    );
  }
  return lines.join(" \\\n  ");
}

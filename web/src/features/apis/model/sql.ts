import type { ApiForm, Place } from "./form";
import { isSql, namesUsed } from "./logic";

/** Strings, quoted names, comments and casts are stepped over; what is left after a colon is a parameter. */
const token =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|::|(?<!\w):([A-Za-z_]\w*)/g;

/** The `:name` parameters of a query, each once, in the order they appear. */
export function parametersIn(sql: string): string[] {
  const names = new Set<string>();
  for (const match of sql.matchAll(token)) if (match[2] !== undefined) names.add(match[2]);
  return [...names];
}

/** The `{name}` parts of a path. */
export function parametersInPath(path: string): string[] {
  return [...new Set([...path.matchAll(/\{([A-Za-z_]\w*)\}/g)].map((match) => match[1] ?? ""))];
}

/** Parameters that the logic or the path uses and nothing declares yet, with the place a call would carry them. */
export function undeclared(form: Pick<ApiForm, "logic" | "sql" | "path" | "parameters" | "method">): {
  name: string;
  where: Place;
}[] {
  const declared = new Set(form.parameters.map(({ name }) => name));
  const inPath = parametersInPath(form.path);
  const inLogic = isSql(form.logic) ? parametersIn(form.sql) : namesUsed(form.logic);
  const rest = inLogic.filter((name) => !inPath.includes(name));
  const found = [
    ...inPath.map((name) => ({ name, where: "path" as const })),
    ...rest.map((name) => ({ name, where: form.method === "POST" ? ("body" as const) : ("query" as const) })),
  ];
  return found.filter(({ name }) => !declared.has(name));
}

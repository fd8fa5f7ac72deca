/**
 * A call as something to copy: for a shell, Python (nothing to install) and TypeScript. Every value is quoted as its language
 * wants it, so that what is copied sends exactly these values, whatever they hold.
 */
import type { ApiParameter } from "@/lib/api/types";

export type Values = Readonly<Record<string, unknown>>;

/** What is sent: a path parameter without a value keeps its braces, for the reader to fill in. */
export interface Call {
  method: "GET" | "POST";
  address: string;
  /** None with GET. */
  body: Record<string, unknown> | null;
  /** Values that go in headers of their own. */
  headers: Readonly<Record<string, string>>;
}

const has = (values: Values, name: string) => values[name] !== undefined && values[name] !== null;
const inAddress = (value: unknown) =>
  encodeURIComponent(typeof value === "object" ? JSON.stringify(value) : String(value));

/** The header a parameter is read from, as people write headers. */
export const headerOf = (name: string) =>
  name
    .split("_")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("-");
const inHeader = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));

/** The call of an API with values by name, each in its place. */
export function callOf(
  url: string,
  method: string,
  parameters: readonly ApiParameter[],
  values: Values,
): Call {
  const at = (place: string) =>
    parameters.filter(({ name, where }) => (where ?? "query") === place && has(values, name));
  const filled = at("path").reduce(
    (text, { name }) => text.replaceAll(`{${name}}`, () => inAddress(values[name])),
    url,
  );
  const query = at("query").map(({ name }) => `${encodeURIComponent(name)}=${inAddress(values[name])}`);
  const body = at("body").map(({ name }) => [name, values[name]] as const);
  return {
    method: method === "POST" ? "POST" : "GET",
    address: query.length === 0 ? filled : `${filled}?${query.join("&")}`,
    body: method === "POST" ? Object.fromEntries(body) : null,
    headers: Object.fromEntries(
      at("header").map(({ name }) => [headerOf(name), inHeader(values[name])] as const),
    ),
  };
}

export const languages = ["curl", "python", "typescript"] as const;
export type Language = (typeof languages)[number];

export const snippets: Record<Language, (call: Call) => string> = {
  curl: curlText,
  python: pythonText,
  typescript: typescriptText,
};

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function curlText({ address, body, headers }: Call): string {
  // Braces in an address are for the reader, not a pattern of addresses.
  const lines = [`curl --globoff ${shellWord(address)}`, '-H "X-API-Key: $OPSLOOM_API_KEY"'];
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${shellWord(`${name}: ${value}`)}`);
  if (body !== null)
    lines.push("-H 'Content-Type: application/json'", `--data-raw ${shellWord(JSON.stringify(body))}`);
  return lines.join(" \\\n  ");
}

const kindOf = ({ body, headers }: Call) =>
  [
    ...(body === null ? [] : [', "Content-Type": "application/json"']),
    ...Object.entries(headers).map(([name, value]) => `, ${script(name)}: ${script(value)}`),
  ].join("");

function pythonText(call: Call): string {
  const { address, method, body } = call;
  return [
    "import json",
    "import os",
    "from urllib.request import Request, urlopen",
    "",
    "request = Request(",
    `    ${script(address)},`,
    ...(body === null ? [] : [`    data=json.dumps(${python(body)}).encode(),`]),
    `    headers={"X-API-Key": os.environ["OPSLOOM_API_KEY"]${kindOf(call)}},`,
    `    method="${method}",`,
    ")",
    "with urlopen(request) as answer:",
    "    print(json.load(answer))",
  ].join("\n");
}

function typescriptText(call: Call): string {
  const { address, method, body } = call;
  return [
    `const answer = await fetch(${script(address)}, {`,
    `  method: "${method}",`,
    `  headers: { "X-API-Key": process.env["OPSLOOM_API_KEY"] ?? ""${kindOf(call)} },`,
    ...(body === null ? [] : [`  body: JSON.stringify(${script(body)}),`]),
    "});",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a template where it is pasted
    "if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);",
    "console.log(await answer.json());",
  ].join("\n");
}

/** A JSON value as Python writes it; escapes in its text are the same as in JSON. */
function python(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value)
      .map(([name, each]) => `${python(name)}: ${python(each)}`)
      .join(", ")}}`;
  return typeof value === "string" ? script(value) : String(value);
}

/** JSON is TypeScript and Python text, but for two letters that end a line. */
function script(value: unknown): string {
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** Text in which `{{ … }}` holds an expression; reads as the server does. Pure. */

export interface Template {
  /** Literal text at even places, expressions at odd ones; there is always a text at the end. */
  pieces: readonly string[];
}

export function isTemplate(value: unknown): value is string {
  return typeof value === "string" && value.includes("{{");
}

/** Null: a `{{` is not closed. The end of an expression is found by counting braces outside strings. */
export function readTemplate(text: string): Template | null {
  const pieces: string[] = [];
  let at = 0;
  for (let open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", at)) {
    const close = endOf(text, open + 2);
    if (close < 0) return null;
    pieces.push(text.slice(at, open), text.slice(open + 2, close).trim());
    at = close + 2;
  }
  return { pieces: [...pieces, text.slice(at)] };
}

const tokens = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|["'{]|\}\}|\}/g;

/** Where the expression that begins at a place ends; -1: nowhere. A quote that is not closed hides the rest. */
function endOf(text: string, from: number): number {
  let depth = 0;
  tokens.lastIndex = from;
  for (let found = tokens.exec(text); found !== null; found = tokens.exec(text)) {
    const [token] = found;
    if (token === '"' || token === "'") return -1;
    if (token === "{") depth += 1;
    if (!token.startsWith("}")) continue;
    if (depth === 0 && token === "}}") return found.index;
    depth = Math.max(0, depth - 1);
    tokens.lastIndex = found.index + 1; // of two braces only the first is taken
  }
  return -1;
}

/** One expression and nothing around it: the value keeps its type. */
export function isOneExpression({ pieces }: Template): boolean {
  return pieces.length === 3 && pieces[0] === "" && pieces[2] === "";
}

/** A value inside text: nothing for null, JSON for lists and objects. */
export function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function filled(template: Template, values: ReadonlyMap<string, unknown>): unknown {
  const { pieces } = template;
  if (isOneExpression(template)) return values.get(pieces[1] ?? "");
  return pieces.map((piece, at) => (at % 2 === 1 ? asText(values.get(piece)) : piece)).join("");
}

const strings = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\*[\s\S]*?\*\//g;
const roots = /(?<![\w.$`])(data|state|parameters)\s*\.\s*`?([A-Za-z_]\w*)/g;
const wholes = /(?<![\w.$`])(data|state|parameters)\b(?!\s*\.)/g;

/** What of the page an expression depends on: `state.site`, or `state` where it takes all of it. */
export function dependencies(expression: string): ReadonlySet<string> {
  const bare = expression.replace(strings, '""');
  const found = [...bare.matchAll(roots)].map(([, root, name]) => `${root}.${name}`);
  return new Set([...found, ...[...bare.matchAll(wholes)].map(([, root]) => root ?? "")]);
}

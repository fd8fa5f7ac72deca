/** What can be written next in an expression, from what nodes gave. Pure. */

export interface Sample {
  params: readonly string[];
  /** What each node gave, where it is known. */
  nodes: ReadonlyMap<string, unknown>;
}

export interface Choices {
  from: number;
  options: { label: string; detail: string }[];
}

const plain = /^[A-Za-z_][A-Za-z0-9_]*$/;
const ctx = { approvals: {}, caller: { kind: "", name: "" }, now: "", run: "", tenant: "" };
const most = 100;

/** The choices at a place of the text; null where there are none. */
export function choicesAt(text: string, place: number, sample: Sample): Choices | null {
  const found = /((?:[A-Za-z_]\w*|`[^`]*`)(?:\[\d*\])?\.)*(`[^`]*|[A-Za-z_]\w*)?$/.exec(text.slice(0, place));
  if (found === null || found[0] === "") return null;
  const typed = found[2] ?? "";
  const path = found[0].slice(0, found[0].length - typed.length);
  const steps = [...path.matchAll(/(`[^`]*`|[A-Za-z_]\w*)/g)].map(([step]) => step.replaceAll("`", ""));
  const here = steps.reduce<unknown>(within, rootOf(sample));
  const options = namesOf(here).map((name) => ({
    label: plain.test(name) ? name : `\`${name}\``,
    detail: kindOf(within(here, name)),
  }));
  return options.length === 0 ? null : { from: place - typed.length, options };
}

function rootOf({ params, nodes }: Sample): unknown {
  return {
    params: Object.fromEntries(params.map((name) => [name, ""])),
    nodes: Object.fromEntries(nodes),
    ctx,
  };
}

/** JSONata looks into a list as into each of its items. */
function within(value: unknown, name: string): unknown {
  const one = Array.isArray(value) ? value[0] : value;
  return typeof one === "object" && one !== null ? (one as Record<string, unknown>)[name] : undefined;
}

function namesOf(value: unknown): string[] {
  const one = Array.isArray(value) ? value[0] : value;
  return typeof one === "object" && one !== null && !Array.isArray(one)
    ? Object.keys(one).slice(0, most)
    : [];
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return `[${value.length}]`;
  return typeof value === "object" ? "{…}" : String(value).slice(0, 30);
}

/** The little Markdown that answers use, as data. Anything else stays the text it is: names of items hold stars and underlines too. */
export type Span =
  | { kind: "text"; text: string }
  | { kind: "strong"; text: string }
  | { kind: "code"; text: string }
  | { kind: "reference"; id: string };

export type Paragraph = { kind: "text"; spans: Span[] } | { kind: "list"; items: Span[][] };

const inline = /\*\*([^*\n]+)\*\*|`([^`\n]+)`|\[(r\d{1,4})\]/g;

/** A line as spans. `known` are the references of the answer; a bracket that names none of them is plain text. */
export function spansOf(line: string, known: ReadonlySet<string>): Span[] {
  const spans: Span[] = [];
  const say = (text: string) => {
    const last = spans.at(-1);
    if (text === "") return;
    if (last?.kind === "text") last.text += text;
    else spans.push({ kind: "text", text });
  };
  let at = 0;
  for (const match of line.matchAll(inline)) {
    say(line.slice(at, match.index));
    at = match.index + match[0].length;
    const [whole, strong, code, reference] = match;
    if (strong !== undefined) spans.push({ kind: "strong", text: strong });
    else if (code !== undefined) spans.push({ kind: "code", text: code });
    else if (reference !== undefined && known.has(reference))
      spans.push({ kind: "reference", id: reference });
    else say(whole);
  }
  say(line.slice(at));
  return spans;
}

export function paragraphsOf(text: string, known: ReadonlySet<string>): Paragraph[] {
  const found: Paragraph[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const item = /^\s*[-•]\s+(.*)$/.exec(line)?.[1];
    const last = found.at(-1);
    if (item === undefined) found.push({ kind: "text", spans: spansOf(line, known) });
    else if (last?.kind === "list") last.items.push(spansOf(item, known));
    else found.push({ kind: "list", items: [spansOf(item, known)] });
  }
  return found;
}

/** Differences of texts by line. Pure. */
export interface Line {
  kind: "same" | "added" | "removed" | "gap";
  text: string;
  /** Its number in the text that it is from. */
  at: number;
}

const around = 2;
/** Beyond this the table of the comparison would not fit; the texts are then shown one after the other. */
const mostCells = 4_000_000;

export function linesBetween(before: string, after: string): Line[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  const all = a.length * b.length > mostCells ? replaced(a, b) : compared(a, b);
  return shortened(all);
}

function replaced(a: readonly string[], b: readonly string[]): Line[] {
  return [
    ...a.map((text, at): Line => ({ kind: "removed", text, at })),
    ...b.map((text, at): Line => ({ kind: "added", text, at })),
  ];
}

/** How many lines two texts have in common from a place in each to their ends. */
function tableOf(a: readonly string[], b: readonly string[]): (i: number, j: number) => number {
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  const cell = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] =
        a[i] === b[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
  return cell;
}

/** By the longest common run of lines (Wagner and Fischer's table). */
function compared(a: readonly string[], b: readonly string[]): Line[] {
  const cell = tableOf(a, b);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      lines.push({ kind: "same", text: left, at: i });
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || cell(i + 1, j) >= cell(i, j + 1))) {
      lines.push({ kind: "removed", text: left, at: i++ });
    } else lines.push({ kind: "added", text: right ?? "", at: j++ });
  }
  return lines;
}

/** Keeps what changed and a little around it. */
function shortened(lines: readonly Line[]): Line[] {
  const near = (index: number) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some(({ kind }) => kind !== "same");
  const kept: Line[] = [];
  for (const [index, line] of lines.entries()) {
    if (near(index)) kept.push(line);
    else if (kept.at(-1)?.kind !== "gap") kept.push({ kind: "gap", text: "…", at: index });
  }
  return kept;
}

/** A value as it is written in a text, without the quotes of a plain word. */
export function shownValue(value: unknown): string {
  if (value === undefined) return "–";
  if (typeof value === "string") return value === "" ? '""' : value;
  return JSON.stringify(value, null, typeof value === "object" ? 2 : undefined);
}

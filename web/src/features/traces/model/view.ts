/** What of a trace's spans is on the screen. Pure; spans come a parent before its children, with their depth. */
import type { TraceSpan } from "@/lib/api/types";

export interface Wanted {
  /** Text in the name; the way down to a match stays. */
  text: string;
  /** Only what the whole trace waited for. */
  critical: boolean;
  /** Only what failed. */
  failed: boolean;
}

export const everything: Wanted = { text: "", critical: false, failed: false };

export interface Line {
  span: TraceSpan;
  hasChildren: boolean;
  isOpen: boolean;
}

/** The lines in view: what is wanted with the way down to it, less what stands under a closed span. */
export function linesOf(spans: readonly TraceSpan[], closed: ReadonlySet<string>, wanted: Wanted): Line[] {
  const kept = wantedOf(spans, wanted);
  const lines: Line[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (let at = 0; at < spans.length; at += 1) {
    const span = spans[at] as TraceSpan;
    if (span.depth > hiddenBelow) continue;
    hiddenBelow = Number.POSITIVE_INFINITY;
    if (kept !== null && !kept.has(at)) continue;
    const isOpen = !closed.has(span.id);
    lines.push({ span, hasChildren: (spans[at + 1]?.depth ?? 0) > span.depth, isOpen });
    if (!isOpen) hiddenBelow = span.depth;
  }
  return lines;
}

/** The places of what is wanted and of all above it; null for everything. Goes backwards, so that each span is looked at once. */
function wantedOf(spans: readonly TraceSpan[], wanted: Wanted): Set<number> | null {
  const text = wanted.text.trim().toLowerCase();
  if (text === "" && !wanted.critical && !wanted.failed) return null;
  const kept = new Set<number>();
  let needed = -1; // the depth whose next span above is on the way to something kept
  for (let at = spans.length - 1; at >= 0; at -= 1) {
    const span = spans[at] as TraceSpan;
    const fits =
      (text === "" || span.name.toLowerCase().includes(text)) &&
      (!wanted.critical || span.critical_ms > 0) &&
      (!wanted.failed || span.error !== "");
    if (fits || span.depth === needed) {
      kept.add(at);
      needed = span.depth - 1;
    }
  }
  return kept;
}

/** Where a span's bar stands, in percent of the whole. */
export function barOf(span: TraceSpan, whole: number): { left: number; width: number } {
  if (whole <= 0) return { left: 0, width: 100 };
  const left = Math.min(100, (span.offset_ms / whole) * 100);
  return { left, width: Math.min(100 - left, (span.duration_ms / whole) * 100) };
}

/** Four round moments for the scale above the bars. */
export function ticksOf(whole: number): number[] {
  if (whole <= 0) return [0];
  const rough = whole / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let at = 0; at < whole; at += step) ticks.push(at);
  return ticks;
}

export type Move = { to: number } | { open: string } | { close: string } | null;

/** What a key does in the tree, as in any tree: up and down, left closes or goes to the parent, right opens or goes down. */
export function moveOf(key: string, at: number, lines: readonly Line[]): Move {
  const line = lines[at];
  if (line === undefined) return null;
  switch (key) {
    case "ArrowDown":
      return { to: Math.min(lines.length - 1, at + 1) };
    case "ArrowUp":
      return { to: Math.max(0, at - 1) };
    case "Home":
      return { to: 0 };
    case "End":
      return { to: lines.length - 1 };
    case "ArrowRight":
      if (!line.hasChildren) return null;
      return line.isOpen ? { to: Math.min(lines.length - 1, at + 1) } : { open: line.span.id };
    case "ArrowLeft": {
      if (line.hasChildren && line.isOpen) return { close: line.span.id };
      let above = at - 1;
      while (above >= 0 && (lines[above]?.span.depth ?? 0) >= line.span.depth) above -= 1;
      return above < 0 ? null : { to: above };
    }
    default:
      return null;
  }
}

/**
 * Shortcuts are written by physical key, "Mod+KeyK" or the sequence "KeyG KeyA", and matched on event.code: a Hangul
 * layout sends other letters in event.key. Nothing fires while text is being typed or composed.
 */
export interface Press {
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

export interface Chord {
  code: string;
  mod: boolean;
  alt: boolean;
  shift: boolean;
}

export function parseChord(text: string): Chord {
  const parts = text.split("+");
  return {
    code: parts.at(-1) ?? "",
    mod: parts.includes("Mod"),
    alt: parts.includes("Alt"),
    shift: parts.includes("Shift"),
  };
}

export function parseKeys(text: string): Chord[] {
  return text.split(" ").map(parseChord);
}

export function matches(press: Press, chord: Chord): boolean {
  return (
    press.code === chord.code &&
    (press.ctrlKey || press.metaKey) === chord.mod &&
    press.altKey === chord.alt &&
    press.shiftKey === chord.shift
  );
}

/** True while an input method is putting a letter together; 229 is what older engines send instead of isComposing. */
export function isComposing(event: { isComposing?: boolean; keyCode?: number }): boolean {
  return event.isComposing === true || event.keyCode === 229;
}

interface Fielded {
  tagName?: string;
  isContentEditable?: boolean;
  type?: string;
}

const notText = new Set(["checkbox", "radio", "button", "submit", "range", "color", "reset"]);

export function isTextField(target: unknown): boolean {
  const { tagName, isContentEditable, type } = (target ?? {}) as Fielded;
  if (isContentEditable === true || tagName === "TEXTAREA" || tagName === "SELECT") return true;
  return tagName === "INPUT" && !notText.has(type ?? "text");
}

/**
 * One step of a possible sequence: which of the candidates are complete with this press, and which keep waiting.
 * A candidate is a chord list and how many of its chords have been pressed.
 */
export interface Candidate<T> {
  chords: readonly Chord[];
  pressed: number;
  value: T;
}

export function advance<T>(
  candidates: readonly Candidate<T>[],
  press: Press,
): { done: T | null; waiting: Candidate<T>[] } {
  const waiting: Candidate<T>[] = [];
  for (const candidate of candidates) {
    const chord = candidate.chords[candidate.pressed];
    if (chord === undefined || !matches(press, chord)) continue;
    if (candidate.pressed + 1 === candidate.chords.length) return { done: candidate.value, waiting: [] };
    waiting.push({ ...candidate, pressed: candidate.pressed + 1 });
  }
  return { done: null, waiting };
}

const names: Record<string, string> = {
  Slash: "/",
  Period: ".",
  Comma: ",",
  Escape: "Esc",
  BracketLeft: "[",
  BracketRight: "]",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Enter: "↵",
  Backquote: "`",
  Backslash: "\\",
};

function modifiers(chord: Chord, mac: boolean): string[] {
  const held: [boolean, string, string][] = [
    [chord.mod, "⌘", "Ctrl"],
    [chord.alt, "⌥", "Alt"],
    [chord.shift, "⇧", "Shift"],
  ];
  return held.filter(([down]) => down).map(([, onMac, elsewhere]) => (mac ? onMac : elsewhere));
}

/** The keys as printed on the caps: [["Ctrl", "K"]] or [["G"], ["A"]]. */
export function caps(text: string, mac: boolean): string[][] {
  return parseKeys(text).map((chord) => {
    if (chord.shift && chord.code === "Slash") return ["?"];
    const key = names[chord.code] ?? chord.code.replace(/^(Key|Digit)/, "");
    return [...modifiers(chord, mac), key];
  });
}

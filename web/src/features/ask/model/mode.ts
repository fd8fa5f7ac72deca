import type { AskMode } from "@/lib/api/types";

export const modes: readonly AskMode[] = [
  "auto",
  "configuration",
  "metric",
  "history",
  "relation",
  "document",
  "all",
];
const place = "opsloom.ask.mode";

function modeOf(text: string | null): AskMode {
  return modes.find((mode) => mode === text) ?? "auto";
}

/** The mode of the last time. A browser that keeps nothing begins with the usual one. */
export function modeKept(): AskMode {
  try {
    return modeOf(localStorage.getItem(place));
  } catch {
    return "auto";
  }
}

export function rememberMode(text: string): AskMode {
  const mode = modeOf(text);
  try {
    localStorage.setItem(place, mode);
  } catch {
    // Private windows keep nothing; the mode holds for this page.
  }
  return mode;
}

/** The words that colour may stand for. A state is always colour, icon and word together. */
export type Tone = "ok" | "warn" | "critical" | "info" | "idle";

export function toneColor(tone: Tone): string {
  return `var(--ol-${tone})`;
}

export function toneSoft(tone: Tone): string {
  return `var(--ol-${tone}-soft)`;
}

/** Charts draw on a canvas and inherit no CSS: they read the tokens when they are built, anew for each scheme. */
export interface Palette {
  text: string;
  dim: string;
  grid: string;
  border: string;
  surface: string;
  raised: string;
  accent: string;
  critical: string;
  warn: string;
  ok: string;
  font: string;
  series: string[];
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(`--ol-${name}`).trim();
  return {
    text: read("text"),
    dim: read("text-3"),
    grid: read("grid-line"),
    border: read("border"),
    surface: read("surface"),
    raised: read("raised"),
    accent: read("accent"),
    critical: read("critical"),
    warn: read("warn"),
    ok: read("ok"),
    font: read("font"),
    series: Array.from({ length: 8 }, (_, index) => read(`series-${index + 1}`)),
  };
}

/** A colour with an alpha, from the #rrggbb that the tokens use. */
export function alpha(color: string, opacity: number): string {
  const byte = Math.round(Math.min(1, Math.max(0, opacity)) * 255);
  return color + byte.toString(16).padStart(2, "0");
}

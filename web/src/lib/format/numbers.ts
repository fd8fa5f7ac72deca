/** Numbers with units, short enough for a dense page. The space between number and unit never breaks. */
export interface Shown {
  value: string;
  unit: string;
}

const binary = ["B", "KB", "MB", "GB", "TB", "PB"];
const noBreak = "\u00a0";

/** Three significant digits, no trailing zeros, never scientific. */
export function digits(value: number, language: string): string {
  const size = Math.abs(value);
  const places = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2;
  return new Intl.NumberFormat(language, { maximumFractionDigits: places }).format(value);
}

function scaled(value: number, step: number, names: readonly string[]): [number, string] {
  let size = value;
  let at = 0;
  while (Math.abs(size) >= step && at < names.length - 1) {
    size /= step;
    at += 1;
  }
  return [size, names[at] ?? ""];
}

function bytes(value: number, suffix: string, language: string): Shown {
  const [size, name] = scaled(value, 1024, binary);
  return { value: digits(size, language), unit: name + suffix };
}

/** A count of seconds as the one unit that reads best: 0.4 ms, 12 s, 3 min, 5 h, 2 d. */
function seconds(value: number, language: string): Shown {
  const size = Math.abs(value);
  if (size < 1) return { value: digits(value * 1000, language), unit: "ms" };
  if (size < 120) return { value: digits(value, language), unit: "s" };
  if (size < 7200) return { value: digits(value / 60, language), unit: "min" };
  if (size < 172_800) return { value: digits(value / 3600, language), unit: "h" };
  return { value: digits(value / 86_400, language), unit: "d" };
}

const units: Record<string, (value: number, language: string) => Shown> = {
  percent: (value, language) => ({ value: digits(value, language), unit: "%" }),
  "%": (value, language) => ({ value: digits(value, language), unit: "%" }),
  ratio: (value, language) => ({ value: digits(value * 100, language), unit: "%" }),
  bytes: (value, language) => bytes(value, "", language),
  bytes_s: (value, language) => bytes(value, "/s", language),
  "bytes/s": (value, language) => bytes(value, "/s", language),
  "1/s": (value, language) => ({ value: compact(value, language), unit: "/s" }),
  ms: (value, language) => seconds(value / 1000, language),
  s: seconds,
  seconds,
};

export function show(value: number, unit: string, language: string): Shown {
  const known = units[unit];
  if (known !== undefined) return known(value, language);
  return { value: compact(value, language), unit: unit === "count" || unit === "1" ? "" : unit };
}

export function showText(value: number | null, unit: string, language: string): string {
  if (value === null || !Number.isFinite(value)) return "–";
  const shown = show(value, unit, language);
  if (shown.unit === "") return shown.value;
  return shown.unit === "%" ? `${shown.value}%` : `${shown.value}${noBreak}${shown.unit}`;
}

/** Counts: exact below 10,000, then 12.3K (만 and 억 in Korean). */
export function compact(value: number, language: string): string {
  if (Math.abs(value) < 10_000) return digits(value, language);
  return new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

/** Times as operators read them: 24-hour clock, local zone, an age beside an instant. */

const minute = 60;
const hour = 3600;
const day = 86_400;

const steps: readonly [number, Intl.RelativeTimeFormatUnit, number][] = [
  [minute, "second", 1],
  [hour, "minute", minute],
  [day, "hour", hour],
  [30 * day, "day", day],
  [365 * day, "month", 30 * day],
  [Number.POSITIVE_INFINITY, "year", 365 * day],
];

/** "5 seconds ago", "3분 전": whole units, rounded towards now. */
export function age(at: Date, now: Date, language: string): string {
  const seconds = Math.trunc((at.getTime() - now.getTime()) / 1000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: "always", style: "short" });
  const [, unit, size] = steps.find(([limit]) => Math.abs(seconds) < limit) ?? [0, "second", 1];
  const amount = Math.trunc(seconds / size);
  // -0 would read "in 0 seconds".
  return format.format(amount === 0 ? -0 : amount, unit);
}

function local(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(language, { hourCycle: "h23", ...options });
}

export function clock(at: Date, language: string): string {
  return local(language, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at);
}

export function dateTime(at: Date, language: string): string {
  return local(language, {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).format(at);
}

/** The time alone for today, month and day before it otherwise. */
export function shortTime(at: Date, now: Date, language: string): string {
  if (at.toDateString() === now.toDateString()) return clock(at, language);
  return local(language, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }).format(at);
}

/** The value of a datetime-local input, in local time. */
export function inputValue(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

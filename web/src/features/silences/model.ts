/** Matchers and times as the forms have them. Pure. */
import type { LabelMatcher, SilenceState, Timing } from "@/lib/api/types";
import type { Tone } from "@/theme/status";

export type Op = NonNullable<LabelMatcher["op"]>;
export const ops: readonly Op[] = ["=", "!=", "=~", "!~"];

export interface MatcherRow {
  id: number;
  name: string;
  op: Op;
  value: string;
}

const written = /^\s*([^\s"=!~]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s;

/** A matcher as a link carries it, `name="value"`. What cannot be read is none. */
export function readMatcher(text: string): LabelMatcher | null {
  const [, name, op, value] = written.exec(text) ?? [];
  if (name === undefined || value === undefined) return null;
  if (!value.startsWith('"')) return { name, op: op as Op, value };
  try {
    const read: unknown = JSON.parse(value);
    return typeof read === "string" ? { name, op: op as Op, value: read } : null;
  } catch {
    return null;
  }
}

export function shownMatcher({ name, op, value }: LabelMatcher): string {
  return `${name}${op ?? "="}${JSON.stringify(value)}`;
}

export function rowsOf(matchers: readonly LabelMatcher[]): MatcherRow[] {
  const rows = matchers.map(({ name, op, value }, id) => ({ id, name, op: op ?? "=", value }));
  return rows.length === 0 ? [emptyRow([])] : rows;
}

export function emptyRow(rows: readonly MatcherRow[]): MatcherRow {
  return { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, name: "", op: "=", value: "" };
}

/** The rows that say something. */
export function matchersOf(rows: readonly MatcherRow[]): LabelMatcher[] {
  return rows
    .filter(({ name }) => name.trim() !== "")
    .map(({ name, op, value }) => ({ name: name.trim(), op, value }));
}

export const silenceTones: Record<SilenceState, Tone> = { active: "info", pending: "idle", expired: "idle" };

/** A moment as `<input type="datetime-local">` has it, on this browser's clock. */
export function localText(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** The same as an instant; null while it is not one. */
export function instantOf(text: string): string | null {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

export interface TimingFields {
  type: Timing["type"];
  starts_at: string;
  ends_at: string;
  cron: string;
  zone: string;
  minutes: number;
}

export function timingFields(timing: Timing | undefined, now: Date, zone: string): TimingFields {
  const plain = {
    type: "recurring" as const,
    starts_at: localText(now),
    ends_at: localText(new Date(now.getTime() + 3_600_000)),
    cron: "0 2 * * *",
    zone,
    minutes: 60,
  };
  if (timing === undefined) return plain;
  if (timing.type === "recurring")
    return { ...plain, cron: timing.cron, zone: timing.zone ?? "UTC", minutes: timing.duration_s / 60 };
  const { starts_at, ends_at } = timing;
  return {
    ...plain,
    type: "once",
    starts_at: localText(new Date(starts_at)),
    ends_at: localText(new Date(ends_at)),
  };
}

/** The timing that the fields say; null while they say none. */
export function timingOf(fields: TimingFields): Timing | null {
  if (fields.type === "recurring") {
    const { cron, zone, minutes } = fields;
    return minutes >= 1 ? { type: "recurring", cron, zone, duration_s: Math.round(minutes * 60) } : null;
  }
  const [starts_at, ends_at] = [instantOf(fields.starts_at), instantOf(fields.ends_at)];
  return starts_at === null || ends_at === null ? null : { type: "once", starts_at, ends_at };
}

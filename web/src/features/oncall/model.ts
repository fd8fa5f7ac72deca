import type { OncallLayer, OncallSchedule, OncallShift } from "@/lib/api/types";

export type Span = "week" | "month";

export interface Stretch {
  start: Date;
  end: Date;
}

export interface Week extends Stretch {
  /** The midnights in it, on the reader's clock: a day may have 23 or 25 hours. */
  days: Date[];
}

export function readSpan(value: unknown): Span {
  return value === "month" ? "month" : "week";
}

function dayOf(at: Date, offset: number): Date {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + offset);
}

/** The Monday of a day, at midnight. */
export function mondayOf(at: Date): Date {
  return dayOf(at, -((at.getDay() + 6) % 7));
}

/** The weeks that are shown: that of a day, or all that have a day of its month. */
export function weeksOf(span: Span, day: Date): Week[] {
  const month = span === "month";
  const first = mondayOf(month ? new Date(day.getFullYear(), day.getMonth(), 1) : day);
  const last = month ? new Date(day.getFullYear(), day.getMonth() + 1, 0) : day;
  const starts = [0, 7, 14, 21, 28, 35]
    .map((offset) => dayOf(first, offset))
    .filter((start) => start <= last);
  return starts.map((start) => {
    return {
      start,
      end: dayOf(start, 7),
      days: Array.from({ length: 7 }, (_, n) => dayOf(start, n)),
    };
  });
}

/** The day that going on or back leads to. */
export function stepped(span: Span, day: Date, by: 1 | -1): Date {
  return span === "week" ? dayOf(day, by * 7) : new Date(day.getFullYear(), day.getMonth() + by, 1);
}

/** `2026-03-02`, on the reader's clock; what cannot be read is today. */
export function dayText(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export function readDay(text: string | undefined, now: Date): Date {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? "");
  if (found === null) return now;
  const day = new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]));
  return day.getFullYear() < 2001 || day.getFullYear() > 2190 ? now : day;
}

export interface Bar {
  shift: OncallShift;
  /** In hundredths of the week. */
  left: number;
  width: number;
}

/** A week's part of the shifts, as wide as they last. */
export function barsOf(shifts: readonly OncallShift[], { start, end }: Stretch): Bar[] {
  const whole = end.getTime() - start.getTime();
  return shifts.flatMap((shift) => {
    const from = Math.max(new Date(shift.start).getTime(), start.getTime());
    const to = Math.min(new Date(shift.end).getTime(), end.getTime());
    if (from >= to) return [];
    return [{ shift, left: ((from - start.getTime()) / whole) * 100, width: ((to - from) / whole) * 100 }];
  });
}

/** Where an instant stands in a week, null when it does not. */
export function placeOf(at: Date, { start, end }: Stretch): number | null {
  if (at < start || at >= end) return null;
  return ((at.getTime() - start.getTime()) / (end.getTime() - start.getTime())) * 100;
}

/** People keep their colour whatever is shown: by their place among all who can be on call. */
export function hueOf(id: string, everybody: readonly string[]): number {
  return (Math.max(0, everybody.indexOf(id)) % 8) + 1;
}

/** What the form edits: one stretch of hours a layer, the way most are. */
export interface LayerForm {
  name: string;
  members: string[];
  first_day: string;
  handover: string;
  every: number;
  unit: OncallLayer["unit"];
  until: string;
  restricted: boolean;
  weekdays: string[];
  start: string;
  end: string;
}

export interface ScheduleForm {
  name: string;
  zone: string;
  layers: LayerForm[];
}

export function newLayer(today: Date, count: number): LayerForm {
  return {
    name: String(count + 1),
    members: [],
    first_day: dayText(mondayOf(today)),
    handover: "09:00",
    every: 1,
    unit: "weeks",
    until: "",
    restricted: false,
    weekdays: ["0", "1", "2", "3", "4"],
    start: "09:00",
    end: "18:00",
  };
}

/** Hours that the form cannot show stay as they are: their layer is not restricted anew. */
export function toForm(
  schedule: Pick<OncallSchedule, "name" | "zone" | "layers">,
  today: Date,
): ScheduleForm {
  const layers = schedule.layers.map((layer, index) => {
    const [hours] = layer.hours ?? [];
    const plain = newLayer(today, index);
    return {
      ...plain,
      name: layer.name,
      members: [...layer.members],
      first_day: layer.first_day,
      handover: layer.handover ?? plain.handover,
      every: layer.every ?? 1,
      unit: layer.unit ?? "weeks",
      until: layer.until ?? "",
      restricted: hours !== undefined,
      weekdays: hours?.weekdays.map(String) ?? plain.weekdays,
      start: hours?.start ?? plain.start,
      end: hours?.end ?? plain.end,
    };
  });
  return { name: schedule.name, zone: schedule.zone ?? "UTC", layers };
}

/** Further stretches of hours that a layer has and the form does not show are kept. */
export function toBody(form: ScheduleForm, saved: readonly OncallLayer[] = []) {
  const layers = form.layers.map(({ until, restricted, weekdays, start, end, ...layer }, index) => {
    const more = saved[index]?.hours?.slice(1) ?? [];
    const days = weekdays.map(Number).toSorted((a, b) => a - b);
    return {
      ...layer,
      until: until === "" ? null : until,
      hours: restricted ? [{ weekdays: days, start, end }, ...more] : [],
    };
  });
  return { name: form.name, zone: form.zone, layers };
}

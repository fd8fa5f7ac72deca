import { describe, expect, it } from "vitest";
import type { OncallShift } from "@/lib/api/types";
import {
  barsOf,
  dayText,
  hueOf,
  mondayOf,
  newLayer,
  placeOf,
  readDay,
  stepped,
  toBody,
  toForm,
  weeksOf,
} from "./model";

const day = (text: string) => readDay(text, new Date(0));
const shift = (start: Date, end: Date): OncallShift => ({
  start: start.toISOString(),
  end: end.toISOString(),
  person: null,
  layer: null,
  override_id: null,
});

describe("the calendar", () => {
  it("begins on Mondays, whole weeks without gap", () => {
    expect(dayText(mondayOf(day("2026-03-08")))).toBe("2026-03-02");
    const weeks = weeksOf("month", day("2026-03-17"));
    expect(weeks.map(({ start }) => dayText(start))).toEqual([
      "2026-02-23",
      "2026-03-02",
      "2026-03-09",
      "2026-03-16",
      "2026-03-23",
      "2026-03-30",
    ]);
    expect(weeksOf("month", day("2027-02-10"))).toHaveLength(4);
    for (const [index, week] of weeks.entries()) {
      const next = weeks[index + 1];
      if (next !== undefined) expect(week.end).toEqual(next.start);
    }
    expect(dayText(stepped("week", day("2026-03-31"), 1))).toBe("2026-04-07");
    expect(dayText(stepped("month", day("2026-03-31"), -1))).toBe("2026-02-01");
  });

  it("reads a day strictly", () => {
    const now = new Date(2026, 2, 2);
    expect(readDay("tomorrow", now)).toBe(now);
    expect(readDay("0001-01-01", now)).toBe(now);
  });

  it("draws shifts as wide as they last, cut to the week", () => {
    const [week] = weeksOf("week", day("2026-03-02"));
    if (week === undefined) throw new Error("no week");
    const [first, second, third] = [week.days[0], week.days[1], week.days[2]] as Date[];
    const bars = barsOf([shift(new Date(0), second as Date), shift(third as Date, new Date(9e12))], week);
    expect(bars.map(({ left }) => Math.round(left))).toEqual([0, 29]);
    expect(bars.map(({ width }) => Math.round(width))).toEqual([14, 71]);
    expect(barsOf([shift(new Date(0), first as Date)], week)).toEqual([]);
    expect(placeOf(first as Date, week)).toBe(0);
    expect(placeOf(week.end, week)).toBeNull();
  });

  it("keeps people's colours", () => {
    expect(hueOf("b", ["a", "b"])).toBe(2);
    expect(hueOf("nobody", [])).toBe(1);
  });
});

describe("the form", () => {
  it("loads what it saved", () => {
    const today = day("2026-03-02");
    const made = toBody({
      name: "A",
      zone: "Asia/Seoul",
      layers: [{ ...newLayer(today, 0), members: ["m"] }],
    });
    expect(made.layers[0]).toMatchObject({ hours: [], until: null, first_day: "2026-03-02", every: 1 });
    expect(toBody(toForm(made, today))).toEqual(made);
  });

  it("keeps hours that it does not show", () => {
    const hours = [
      { weekdays: [0, 1], start: "09:00", end: "18:00" },
      { weekdays: [5], start: "10:00", end: "12:00" },
    ];
    const layer = {
      ...toBody({ name: "A", zone: "UTC", layers: [newLayer(new Date(), 0)] }).layers[0],
      hours,
    };
    const layers = [layer] as Parameters<typeof toForm>[0]["layers"];
    expect(toBody(toForm({ name: "A", zone: "UTC", layers }, new Date()), layers).layers[0]?.hours).toEqual(
      hours,
    );
  });
});

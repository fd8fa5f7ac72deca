import { describe, expect, it } from "vitest";
import { age, clock, dateTime, inputValue, shortTime } from "./times";

const now = new Date("2026-05-14T10:20:30Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

describe("age", () => {
  it.each([
    [0, "0 sec. ago"],
    [5, "5 sec. ago"],
    [59, "59 sec. ago"],
    [60, "1 min. ago"],
    [3599, "59 min. ago"],
    [7200, "2 hr. ago"],
    [86_400 * 3, "3 days ago"],
    [86_400 * 65, "2 mo. ago"],
    [86_400 * 800, "2 yr. ago"],
  ])("%i s ago is %s", (seconds, wanted) => expect(age(ago(seconds), now, "en")).toBe(wanted));
  it("speaks of the future", () => expect(age(ago(-300), now, "en")).toBe("in 5 min."));
  it("speaks Korean", () => expect(age(ago(180), now, "ko")).toBe("3분 전"));
});

describe("clock times", () => {
  const midnight = new Date(2026, 4, 14, 0, 5, 9);
  it("uses 24 hours, with 00 at midnight", () => {
    expect(clock(midnight, "en")).toBe("00:05:09");
    expect(clock(midnight, "ko")).toMatch(/^00:05:09$/);
  });
  it("shows the date where it matters", () => {
    expect(shortTime(midnight, new Date(2026, 4, 14, 12), "en")).toBe("00:05:09");
    expect(shortTime(midnight, new Date(2026, 4, 15, 12), "en")).toMatch(/May 14/);
  });
  it("writes the whole instant", () => expect(dateTime(midnight, "en")).toMatch(/05\/14\/2026.*00:05:09/));
  it("fills a datetime-local input in local time", () =>
    expect(inputValue(midnight)).toBe("2026-05-14T00:05"));
});

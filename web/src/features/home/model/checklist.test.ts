import { describe, expect, it } from "vitest";
import { allDone, isAdded, isPublished, steps } from "./checklist";

const nothing = { measured: false, rules: 0, channels: 0, apis: 0, users: 1 };

describe("steps", () => {
  it("begins with everything open", () => expect(steps(nothing).every(({ done }) => !done)).toBe(true));
  it("takes each step by what exists", () => {
    const done = steps({ measured: true, rules: 1, channels: 0, apis: 3, users: 2 }).filter(
      (step) => step.done,
    );
    expect(done.map(({ id }) => id)).toEqual(["monitor", "rule", "api", "team"]);
  });
  it("leaves out what the reader may not know", () =>
    expect(steps({ ...nothing, users: null, channels: null }).map(({ id }) => id)).toEqual([
      "monitor",
      "rule",
      "api",
    ]));
});

it("is over when every step is done", () => {
  expect(allDone(steps({ measured: true, rules: 1, channels: 1, apis: 1, users: 2 }))).toBe(true);
  expect(allDone(steps({ ...nothing, measured: true }))).toBe(false);
});

it("counts what somebody did, not what is there from the start", () => {
  expect([isAdded({ type: "in_app" }), isAdded({ type: "webhook" })]).toEqual([false, true]);
  expect([isPublished({ published_version: null }), isPublished({ published_version: 1 })]).toEqual([
    false,
    true,
  ]);
});

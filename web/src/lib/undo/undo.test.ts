import { describe, expect, it } from "vitest";
import { begin, edited, redone, undone } from "./undo";

const typed = (...values: string[]) =>
  values.reduce((history, value, index) => edited(history, value, "name", index * 100), begin(""));

describe("undo", () => {
  it("takes typing in one place as one step", () => {
    const history = typed("w", "wa", "war");
    expect(history.past).toHaveLength(1);
    expect(undone(history).present).toBe("");
    expect(redone(undone(history)).present).toBe("war");
  });
  it("begins another step after a pause or in another place", () => {
    const paused = edited(typed("w"), "wa", "name", 5000);
    expect(paused.past).toHaveLength(2);
    expect(undone(paused).present).toBe("w");
    expect(edited(typed("w"), "x", "tags", 100).past).toHaveLength(2);
  });
  it("forgets what was undone once something else is done", () => {
    const history = edited(undone(typed("w")), "x", "name", 9000);
    expect(redone(history)).toBe(history);
  });
  it("does not go on with a step that was undone", () => {
    const history = edited(undone(edited(typed("w"), "wa", "name", 5000)), "wx", "name", 5100);
    expect(undone(history).present).toBe("w");
  });
  it("keeps fifty steps", () => {
    let history = begin(0);
    for (let step = 1; step <= 60; step++) history = edited(history, step, `${step}`, step);
    expect(history.past).toHaveLength(50);
    for (let step = 0; step < 99; step++) history = undone(history);
    expect(history.present).toBe(10);
  });
});

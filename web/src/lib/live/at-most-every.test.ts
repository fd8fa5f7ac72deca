import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { atMostEvery } from "./at-most-every";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("runs at once, and later what came too early, once", () => {
  const gate = atMostEvery();
  const seen: string[] = [];
  gate.call(500, () => seen.push("first"));
  gate.call(500, () => seen.push("second"));
  gate.call(500, () => seen.push("third"));
  expect(seen).toEqual(["first"]);
  vi.advanceTimersByTime(500);
  expect(seen).toEqual(["first", "third"]);
  vi.advanceTimersByTime(5000);
  gate.call(500, () => seen.push("fourth"));
  expect(seen).toEqual(["first", "third", "fourth"]);
});

it("says nothing more once it is stopped", () => {
  const gate = atMostEvery();
  const seen: number[] = [];
  gate.call(500, () => seen.push(1));
  gate.call(500, () => seen.push(2));
  gate.stop();
  vi.advanceTimersByTime(5000);
  expect(seen).toEqual([1]);
});

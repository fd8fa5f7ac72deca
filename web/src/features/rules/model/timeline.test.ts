import { describe, expect, it } from "vitest";
import type { WouldHaveFired } from "@/lib/api/types";
import { factsIn, lanes } from "./timeline";

const span = { start: "2026-01-01T00:00:00Z", end: "2026-01-01T01:00:00Z" };
const fired = (key: string, from: number, to: number | null) =>
  ({
    key,
    labels: { item: key },
    fired_at: `2026-01-01T00:${String(from).padStart(2, "0")}:00Z`,
    resolved_at: to === null ? null : `2026-01-01T00:${String(to).padStart(2, "0")}:00Z`,
  }) as unknown as WouldHaveFired;

describe("the timeline", () => {
  it("has a lane for each key, with bars where it fires", () => {
    const found = lanes(
      span,
      [fired("a", 0, 30), fired("b", 45, null), fired("b", 15, 16)],
      [fired("b", 0, 15)],
    );
    expect(found.map(({ label, bars }) => [label, bars.length])).toEqual([
      ["b", 3],
      ["a", 1],
    ]);
    expect(found[1]?.bars[0]).toMatchObject({ from: 0, width: 50, side: "mine" });
    expect(found[0]?.bars[0]).toMatchObject({ from: 75, width: 25 });
    expect(found[0]?.bars[2]?.side).toBe("other");
  });
});

describe("pasted facts", () => {
  it("are a list, one, or one a line", () => {
    expect(factsIn('[{"type":"a"},{"type":"b"}]')).toHaveLength(2);
    expect(factsIn('{"type":"a"}')).toHaveLength(1);
    expect(factsIn('{"type":"a"}\n\n{"type":"b"}\n')).toHaveLength(2);
  });
  it("are nothing else", () => {
    expect(factsIn("")).toBeNull();
    expect(factsIn("[1]")).toBeNull();
    expect(factsIn('{"type":"a"}\nno')).toBeNull();
  });
});

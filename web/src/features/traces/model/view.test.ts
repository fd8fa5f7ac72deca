import { describe, expect, it } from "vitest";
import type { TraceSpan } from "@/lib/api/types";
import { readTraceFilters } from "./filters";
import { barOf, everything, linesOf, moveOf, ticksOf } from "./view";

const span = (id: string, depth: number, more: Partial<TraceSpan> = {}): TraceSpan => ({
  id,
  parent_id: "",
  part_id: "p",
  name: id,
  depth,
  offset_ms: 0,
  duration_ms: 10,
  own_ms: 1,
  critical_ms: 0,
  error: "",
  has_payload: false,
  ...more,
});

const tree = [
  span("ask", 0, { critical_ms: 1 }),
  span("plan", 1),
  span("words", 2),
  span("execute", 1, { critical_ms: 3 }),
  span("tool", 2, { error: "TimeoutError" }),
  span("present", 1),
];
const names = (lines: { span: TraceSpan }[]) => lines.map((line) => line.span.id);
const none = new Set<string>();

describe("the lines of a trace", () => {
  it("shows all, and nothing under what is closed", () => {
    expect(names(linesOf(tree, none, everything))).toHaveLength(6);
    expect(names(linesOf(tree, new Set(["plan", "execute"]), everything))).toEqual([
      "ask",
      "plan",
      "execute",
      "present",
    ]);
  });

  it("keeps the way down to what is looked for", () => {
    expect(names(linesOf(tree, none, { ...everything, text: "TOOL" }))).toEqual(["ask", "execute", "tool"]);
    expect(names(linesOf(tree, none, { ...everything, failed: true }))).toEqual(["ask", "execute", "tool"]);
    expect(names(linesOf(tree, none, { ...everything, critical: true }))).toEqual(["ask", "execute"]);
    expect(names(linesOf(tree, none, { ...everything, text: "nothing" }))).toEqual([]);
  });

  it("moves as any tree does", () => {
    const lines = linesOf(tree, none, everything);
    expect(moveOf("ArrowDown", 0, lines)).toEqual({ to: 1 });
    expect(moveOf("ArrowLeft", 2, lines)).toEqual({ to: 1 });
    expect(moveOf("ArrowLeft", 1, lines)).toEqual({ close: "plan" });
    expect(moveOf("ArrowRight", 2, lines)).toBeNull();
    expect(moveOf("ArrowRight", 1, linesOf(tree, new Set(["plan"]), everything))).toEqual({ open: "plan" });
    expect(moveOf("End", 0, lines)).toEqual({ to: 5 });
  });

  it("goes through 30,000 spans once", () => {
    const many = Array.from({ length: 30_000 }, (_, at) => span(`s${at}`, at % 7));
    expect(linesOf(many, none, { ...everything, text: "s29" }).length).toBeGreaterThan(1_000);
  });
});

describe("bars and scale", () => {
  it("keeps a bar within the whole", () => {
    expect(barOf(span("a", 0, { offset_ms: 50, duration_ms: 100 }), 100)).toEqual({ left: 50, width: 50 });
    expect(barOf(span("a", 0), 0)).toEqual({ left: 0, width: 100 });
  });

  it("chooses round moments", () => {
    expect(ticksOf(100)).toEqual([0, 25, 50, 75]);
    expect(ticksOf(0)).toEqual([0]);
  });
});

describe("filters of the URL", () => {
  it("drops what does not fit", () => {
    expect(readTraceFilters({ kind: ["question", "none"], caller: "x", slower: "-1", q: "cpu" })).toEqual({
      q: "cpu",
      kind: ["question"],
      status: undefined,
      family: undefined,
      caller: undefined,
      asset: undefined,
      slower: undefined,
    });
  });
});

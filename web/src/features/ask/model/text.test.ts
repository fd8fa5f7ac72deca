import { describe, expect, it } from "vitest";
import { paragraphsOf, spansOf } from "./text";

const known = new Set(["r1", "r2"]);

describe("spansOf", () => {
  it("finds bold numbers and references", () => {
    expect(spansOf("CPU was **93.5 %** [r1], now [r2].", known)).toEqual([
      { kind: "text", text: "CPU was " },
      { kind: "strong", text: "93.5 %" },
      { kind: "text", text: " " },
      { kind: "reference", id: "r1" },
      { kind: "text", text: ", now " },
      { kind: "reference", id: "r2" },
      { kind: "text", text: "." },
    ]);
  });

  it("leaves a bracket that names no reference as it is", () => {
    expect(spansOf("disk [r9] and [sda]", known)).toEqual([{ kind: "text", text: "disk [r9] and [sda]" }]);
  });

  it("leaves stars and underlines of names alone", () => {
    expect(spansOf("web_01_a * 2 ** <b>x</b>", known)).toEqual([
      { kind: "text", text: "web_01_a * 2 ** <b>x</b>" },
    ]);
  });

  it("reads code", () => {
    expect(spansOf("`cpu.usage`", known)).toEqual([{ kind: "code", text: "cpu.usage" }]);
  });

  it("loses no letter", () => {
    for (const line of ["**", "[r1", "a `b", "**a** **", "[r1][r2]", "한**글**"]) {
      const text = spansOf(line, known)
        .map((span) => (span.kind === "reference" ? `[${span.id}]` : span.text))
        .join("");
      expect(text).toBe(line.replaceAll(/\*\*([^*\n]+)\*\*/g, "$1"));
    }
  });
});

describe("paragraphsOf", () => {
  it("gathers the points of a list", () => {
    const found = paragraphsOf("Ask about:\n- CPU\n- 메모리\n\nThat is all.", known);
    expect(found.map(({ kind }) => kind)).toEqual(["text", "list", "text"]);
    expect(found[1]).toEqual({
      kind: "list",
      items: [[{ kind: "text", text: "CPU" }], [{ kind: "text", text: "메모리" }]],
    });
  });

  it("is nothing for nothing", () => expect(paragraphsOf("\n \n", known)).toEqual([]));
});

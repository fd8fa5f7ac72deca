import { describe, expect, it } from "vitest";
import { markOf } from "./marks";

describe("markOf", () => {
  const at = (sql: string, line: number, column: number) => {
    const { from, to } = markOf(sql, { line, column });
    return sql.slice(from, to);
  };

  it("marks the word that begins there", () => {
    expect(at("select tim\nfrom data.metrics", 1, 8)).toBe("tim");
    expect(at("select tim\nfrom data.metrics", 2, 6)).toBe("data.metrics");
    expect(at("where x=:host", 1, 9)).toBe(":host");
  });

  it("counts letters, not code units", () => {
    expect(at("select '🧵', 온도 from x", 1, 13)).toBe("온도");
  });

  it("marks the last letter at the end of a line, and stays inside the text", () => {
    expect(at("select (", 1, 9)).toBe("(");
    expect(at("select", 9, 99)).toBe("t");
    expect(markOf("", { line: 1, column: 1 })).toEqual({ from: 0, to: 0 });
  });
});

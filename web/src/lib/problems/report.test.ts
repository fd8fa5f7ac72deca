import { describe, expect, it } from "vitest";
import { networkError } from "@/lib/api/problem";
import { reportOf } from "./report";

describe("what is told of a page's error", () => {
  it("names the error, the page and the last trace", () => {
    const report = reportOf(new TypeError("x is undefined"), "/ask", "ab".repeat(16));
    expect(report).toMatchObject({ message: "x is undefined", page: "/ask", last_request: "ab".repeat(16) });
    expect(report?.stack).toContain("TypeError");
  });

  it("is bounded and never empty", () => {
    expect(reportOf(new Error("x".repeat(5000)), "/", null)?.message).toHaveLength(1000);
    expect(reportOf(new Error(""), "/", null)?.message).toBe("error");
    expect(reportOf("thrown text", "/", null)?.message).toBe("thrown text");
  });

  it("leaves out what the server itself answered", () => {
    expect(reportOf(networkError(), "/", null)).toBeNull();
  });
});

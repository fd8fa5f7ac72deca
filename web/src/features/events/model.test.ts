import { describe, expect, it } from "vitest";
import { fromLevel, readLevel, summaryOf } from "./model";

describe("levels", () => {
  it("stands for a severity and all above it", () => {
    expect(fromLevel("error")).toEqual(["error", "critical"]);
    expect(fromLevel("critical")).toEqual(["critical"]);
  });

  it("asks for none when all are wanted, so that events without one are not lost", () => {
    expect(fromLevel("all")).toEqual([]);
  });

  it("reads what stands in the address", () => {
    expect(readLevel("warning")).toBe("warning");
    expect(readLevel("loud")).toBe("all");
    expect(readLevel(undefined)).toBe("all");
  });
});

describe("the summary of an event", () => {
  it("is the message if there is one", () => {
    expect(summaryOf({ message: "배포 완료", code: 3 })).toBe("배포 완료");
    expect(summaryOf({ message: "", title: "Deployed" })).toBe("Deployed");
  });

  it("is the data otherwise, cut to a line", () => {
    expect(summaryOf({ code: 3 })).toBe('{"code":3}');
    expect(summaryOf([1, 2])).toBe("[1,2]");
    expect(summaryOf("plain")).toBe("plain");
    expect(summaryOf(null)).toBe("");
    expect(summaryOf({ long: "x".repeat(500) })).toHaveLength(200);
  });
});

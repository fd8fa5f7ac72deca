import { describe, expect, it } from "vitest";
import { summaryOf } from "./model";

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

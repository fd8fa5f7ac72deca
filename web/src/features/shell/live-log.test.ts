import { describe, expect, it } from "vitest";
import { appendLive, type LiveLine } from "./live-log";

const at = new Date(0);
const put = (lines: LiveLine[], payload: unknown) =>
  appendLive(lines, { message: { topic: "alerts", id: null, payload }, at });

describe("appendLive", () => {
  it("puts the newest first under keys that never repeat", () => {
    const lines = put(put([], "a"), { type: "b" });
    expect(lines.map(({ text }) => text)).toEqual(['{"type":"b"}', "a"]);
    expect(new Set(lines.map(({ key }) => key)).size).toBe(2);
  });
  it("keeps two hundred", () => {
    let lines: LiveLine[] = [];
    for (let n = 0; n < 230; n += 1) lines = put(lines, n);
    expect(lines).toHaveLength(200);
    expect(lines[0]?.key).toBe(230);
  });
  it("cuts what is long", () => expect(put([], "x".repeat(1000))[0]?.text).toHaveLength(401));
});

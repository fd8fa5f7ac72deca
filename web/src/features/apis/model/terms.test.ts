import { describe, expect, it } from "vitest";
import type { ApiDefinition } from "@/lib/api/types";
import { fromTerms, type Terms, termNeeds, toTerms, usualTerms } from "./terms";

const kept: Terms = {
  ...usualTerms,
  callers: "public",
  addressRate: "12",
  streams: true,
  streamRows: "5",
  attempts: "3",
  failures: "2",
  since: "2026-01-01",
  ends: "2027-01-01",
  link: "https://docs.example.com/next",
};

describe("terms", () => {
  it.each([usualTerms, kept])("come back from the server as they were sent", (terms) => {
    expect(toTerms(fromTerms(terms) as ApiDefinition)).toEqual(terms);
  });

  it("leave out what is not wanted", () => {
    const { stream, sunset } = fromTerms(usualTerms);
    expect([stream, sunset]).toEqual([null, null]);
  });

  it("need what the server needs, and nothing of what is idle", () => {
    expect(termNeeds(kept)).toEqual({});
    expect(termNeeds({ ...usualTerms, streamRows: "many", addressRate: "", waitMs: "0" })).toEqual({});
    expect(termNeeds({ ...kept, streamRows: "many", addressRate: "", attempts: "6" })).toEqual({
      "terms.streamRows": "number",
      "terms.addressRate": "number",
      "terms.attempts": "number",
    });
    expect(termNeeds({ ...kept, since: "" })).toEqual({ "terms.since": "since" });
    expect(termNeeds({ ...kept, ends: "2025-01-01", link: "next door" })).toEqual({
      "terms.ends": "ends",
      "terms.link": "link",
    });
  });
});

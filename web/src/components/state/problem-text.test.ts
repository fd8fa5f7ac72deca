import { describe, expect, it } from "vitest";
import { errorFrom, networkError } from "@/lib/api/problem";
import { problemKind } from "./problem-text";

const refused = (status: number) =>
  errorFrom({ status, headers: new Headers() }, JSON.stringify({ code: "x" }));

describe("problemKind", () => {
  it.each([
    [403, "denied"],
    [404, "missing"],
    [409, "conflict"],
    [412, "conflict"],
    [422, "refused"],
    [429, "limited"],
    [500, "server"],
    [503, "unavailable"],
    [507, "server"],
  ])("%i is %s", (status, kind) => expect(problemKind(refused(status))).toBe(kind));
  it("knows a lost network", () => expect(problemKind(networkError())).toBe("network"));
  it("knows a page where data was promised", () =>
    expect(problemKind(errorFrom({ status: 200, headers: new Headers() }, "<html>"))).toBe("unreadable"));
  it("blames the gateway, not the format, for its 502 page", () =>
    expect(problemKind(errorFrom({ status: 502, headers: new Headers() }, "<html>"))).toBe("upstream"));
  it("calls anything else a fault of the page", () => expect(problemKind(new Error("bug"))).toBe("page"));
});

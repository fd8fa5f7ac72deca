import { describe, expect, it } from "vitest";
import { errorFrom, networkError } from "@/lib/api/problem";
import { type LoggedProblem, toProblem, withProblem } from "./log";

const at = new Date(0);
const entry = (id: number, text: string): LoggedProblem => toProblem(new Error(text), id, at);

describe("toProblem", () => {
  it("keeps code and trace id", () => {
    const error = errorFrom(
      { status: 503, headers: new Headers() },
      JSON.stringify({ code: "circuit_open", detail: "Open.", trace_id: "t", hint: "Wait." }),
    );
    expect(toProblem(error, 1, at)).toMatchObject({
      code: "circuit_open",
      traceId: "t",
      hint: "Wait.",
      status: 503,
    });
  });
  it("tells a lost network from a refusal", () =>
    expect(toProblem(networkError(), 1, at).kind).toBe("network"));
  it("takes anything thrown", () =>
    expect(toProblem("odd", 1, at)).toMatchObject({ kind: "other", text: "odd" }));
});

describe("withProblem", () => {
  it("puts the newest first", () =>
    expect(withProblem([entry(1, "a")], entry(2, "b")).map((p) => p.text)).toEqual(["b", "a"]));
  it("counts a repetition instead of listing it", () => {
    const list = withProblem(withProblem([entry(1, "a")], entry(2, "a")), entry(3, "a"));
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({ id: 1, count: 3 });
  });
  it("lists it again when another came between", () =>
    expect(withProblem(withProblem([entry(1, "a")], entry(2, "b")), entry(3, "a"))).toHaveLength(3));
  it("keeps a hundred", () => {
    let list: LoggedProblem[] = [];
    for (let id = 0; id < 150; id += 1) list = withProblem(list, entry(id, `p${id}`));
    expect(list).toHaveLength(100);
    expect(list.at(-1)?.text).toBe("p50");
  });
});

import { describe, expect, it } from "vitest";
import { errorFrom } from "@/lib/api/problem";
import { localFlaws, rewritten, serverFlaws, written } from "./flaws";

const kind = {
  schema: {
    type: "object",
    properties: {
      path: { type: "string", minLength: 1 },
      limits: { type: "object", properties: { rows: { type: "integer" } } },
    },
    required: ["path"],
    additionalProperties: false,
  },
  derived: ["output"],
};
const refusal = (errors: object[]) =>
  errorFrom({ status: 422, headers: new Headers() }, JSON.stringify({ code: "invalid_input", errors }));

describe("content as people write it", () => {
  it("leaves out what publication fills in, and keeps it when the rest is rewritten", () => {
    const content = { output: [1], limits: { rows: 2 }, path: "a" };
    expect(JSON.stringify(written(content, kind))).toBe('{"path":"a","limits":{"rows":2}}');
    expect(rewritten(content, { path: "b" }, kind)).toEqual({ path: "b", output: [1] });
  });
  it("is everything where the kind is not known", () =>
    expect(written({ b: 1, output: 2 }, undefined)).toEqual({ b: 1, output: 2 }));
});

describe("flaws", () => {
  const draft = (content: object, name = "a") => ({
    name,
    description: "",
    tags: [],
    content: content as never,
  });
  it("are told without the server, derived parts aside", () => {
    expect(localFlaws(draft({ path: "a", output: [] }), kind)).toEqual([]);
    expect(localFlaws(draft({ path: "" }, " "), kind).map(({ pointer }) => pointer)).toEqual([
      "/name",
      "/path",
    ]);
    expect(localFlaws(draft({ whatever: 1 }), undefined)).toEqual([]);
  });
  it("of the server stand at the field that they are about", () => {
    const found = serverFlaws(
      refusal([
        { pointer: "/limits/rows", detail: "too many" },
        { pointer: "/name", detail: "too long" },
        { pointer: "/content/path", detail: "odd" },
        { pointer: "/body/tags", detail: "too many tags" },
      ]),
      kind,
    );
    expect(found.content).toEqual([
      { pointer: "/limits/rows", message: "too many" },
      { pointer: "/path", message: "odd" },
    ]);
    expect(found.about).toEqual({ name: "too long", tags: "too many tags" });
  });
  it("are none for another kind of failure", () =>
    expect(serverFlaws(new Error("lost"), kind)).toEqual({ content: [], about: {} }));
});

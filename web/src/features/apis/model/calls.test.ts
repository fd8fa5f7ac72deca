import { describe, expect, it } from "vitest";
import type { ApiDefinition, ApiParameter } from "@/lib/api/types";
import { addressOf, missing, valuesOf } from "./calls";
import { emptyForm, newParameter, toDraft, toParameters } from "./form";

const parameters: ApiParameter[] = toParameters([
  newParameter("1", "host", "path"),
  { ...newParameter("2", "limit", "query"), type: "integer", required: false },
  { ...newParameter("3", "state", "query"), default: "up" },
]);
const definition: ApiDefinition = {
  ...toDraft({ ...emptyForm, name: "x", path: "hosts/{host}" }),
  parameters,
};
const url = "http://127.0.0.1:8700/runtime/hosts/{host}";

describe("a trial call", () => {
  it("sends what was filled in, as its type", () => {
    expect(valuesOf(parameters, { host: "web-1", limit: "5", state: "", other: "x" })).toEqual({
      host: "web-1",
      limit: 5,
    });
  });

  it("names what is required and empty", () => {
    expect(missing(parameters, {})).toEqual(["host"]);
    expect(missing(parameters, { host: "a" })).toEqual([]);
  });
});

describe("the address", () => {
  it("is complete and encoded", () => {
    expect(addressOf(url, definition, { host: "웹 1", limit: "5" })).toBe(
      "http://127.0.0.1:8700/runtime/hosts/%EC%9B%B9%201?limit=5",
    );
  });

  it("keeps the braces of what is still to be filled in", () => {
    expect(addressOf(url, definition, {})).toBe(url);
  });
});

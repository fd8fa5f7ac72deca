import { expect, it } from "vitest";
import { refusalOf } from "./refusal";

it("knows why the provider led back", () => {
  expect(refusalOf("oidc_refused", "4bf92f3577b34da6")).toEqual({
    code: "oidc_refused",
    trace: "4bf92f3577b34da6",
  });
  expect(refusalOf("oidc_unavailable", undefined)).toEqual({ code: "oidc_unavailable", trace: null });
});

it("shows nothing that somebody made up", () => {
  expect(refusalOf(undefined, "4bf92f35")).toBeNull();
  expect(refusalOf("call 555-0100", undefined)).toBeNull();
  expect(refusalOf("oidc_refused", "call 555-0100 now")?.trace).toBeNull();
});

import { describe, expect, it } from "vitest";
import type { Asset, AssetView } from "@/lib/api/types";
import { flipped, fromView, isFiltered, isShown, readFilters, toView, withChosen } from "./filters";
import { lifecycleOf, ownNewPage, ownPage } from "./kinds";

const none = { q: undefined, kind: undefined, state: undefined, tag: undefined, fault: undefined };

describe("filters", () => {
  it("take from the URL what they understand", () => {
    const search = {
      q: "x",
      kind: "rule",
      state: ["draft", "odd"],
      tag: ["a", "a", 3],
      fault: true,
      other: 1,
    };
    expect(readFilters(search)).toEqual({
      q: "x",
      kind: ["rule"],
      state: ["draft"],
      tag: ["a"],
      fault: true,
    });
    expect(readFilters({ state: "odd", fault: "yes", q: "" })).toEqual(none);
    expect(isFiltered(readFilters({}))).toBe(false);
  });
  it("flip one value and forget themselves when empty", () => {
    expect(flipped(["a"], "b")).toEqual(["a", "b"]);
    expect(flipped(["a", "b"], "a")).toEqual(["b"]);
    expect(flipped(["a"], "a")).toBeUndefined();
    expect(flipped(undefined, "a")).toEqual(["a"]);
  });
  it("go into a view and come back", () => {
    const filters = { q: "x", kind: ["rule"], state: ["draft" as const], tag: ["a"], fault: true };
    expect(fromView(toView(filters))).toEqual(filters);
    expect(fromView(toView(none))).toEqual(none);
  });
  it("know the view they show, in whatever order", () => {
    const view = { filters: toView({ kind: ["rule", "api"] }) } as AssetView;
    expect(isShown(view, { kind: ["api", "rule"] })).toBe(true);
    expect(isShown(view, { kind: ["api"] })).toBe(false);
  });
  it("keep a chosen value of which nothing is left", () =>
    expect(withChosen([{ value: "a", count: 2 }], ["a", "b"])).toEqual([
      { value: "a", count: 2 },
      { value: "b", count: 0 },
    ]));
});

describe("own pages", () => {
  const paths = ["/rules", "/rules/new", "/rules/$ruleId", "/connections/$connectionId"];
  it("are those that this build has", () => {
    expect(ownPage("rule", "1", paths)).toBe("/rules/1");
    expect(ownPage("connection", "1", paths)).toBe("/connections/1");
    expect(ownPage("tool", "1", paths)).toBeNull();
    expect(ownPage("policy", "1", paths)).toBeNull();
    expect(ownPage("channel", "1", paths)).toBe("/channels?selected=1");
  });
  it("are where a new one is made", () => {
    expect(ownNewPage("rule", paths)).toBe("/rules/new");
    expect(ownNewPage("connection", paths)).toBe("/connections");
    expect(ownNewPage("policy", paths)).toBeNull();
  });
});

it.each([
  [{ state: "archived", published_version: null, draft_differs: true }, "archived"],
  [{ state: "draft", published_version: null, draft_differs: true }, "draft"],
  [{ state: "published", published_version: 2, draft_differs: true }, "changed"],
  [{ state: "published", published_version: 2, draft_differs: false }, "published"],
])("%j is %s", (asset, wanted) => expect(lifecycleOf(asset as Asset)).toBe(wanted));

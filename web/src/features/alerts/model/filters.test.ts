import { describe, expect, it } from "vitest";
import type { AlertView } from "@/lib/api/types";
import {
  fromView,
  isFiltered,
  isShown,
  labelValues,
  noFilters,
  queryOf,
  readFilters,
  toView,
} from "./filters";

const some = {
  ...noFilters,
  view: "firing" as const,
  severity: ["critical" as const],
  label: ["env=prod"],
};

describe("filters of the board", () => {
  it("reads what is in the address and leaves out what it does not know", () => {
    expect(
      readFilters({ view: "nonsense", severity: ["critical", "loud"], label: ["env=prod", "=x", 3], q: "" }),
    ).toEqual({ ...noFilters, severity: ["critical"], label: ["env=prod"] });
  });
  it("tells filtered from not", () => {
    expect(isFiltered(noFilters)).toBe(false);
    expect(isFiltered(some)).toBe(true);
  });
  it("comes back from a saved view as it went in", () => {
    expect(fromView(toView(some))).toEqual(some);
    expect(fromView(toView(noFilters))).toEqual(noFilters);
  });
  it("knows a saved view again", () => {
    const saved = { filters: toView(some) } as AlertView;
    expect(isShown(saved, some)).toBe(true);
    expect(isShown(saved, noFilters)).toBe(false);
  });
  it("asks for the states a view stands for", () => expect(queryOf(some).state).toEqual(["firing"]));
  it("parts the values of one label from those of others", () =>
    expect(labelValues(["env=prod", "environment=x", "env=a=b"], "env")).toEqual(["prod", "a=b"]));
});

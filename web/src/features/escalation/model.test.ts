import { describe, expect, it } from "vitest";
import type { EscalationPolicy } from "@/lib/api/types";
import { keyOf, newPolicy, readLabels, readTarget, toBody, toForm } from "./model";

describe("the form of a policy", () => {
  it("loads what it saved", () => {
    const form = newPolicy();
    form.name = "Default";
    form.labels = ["service=pay=2"];
    form.severities = ["critical"];
    form.steps = [{ after_min: 5, targets: ["schedule:s-1", "channel:c-1"] }];
    form.sla = { ...form.sla, critical: { acknowledge_min: 15, resolve_min: "" } };
    const body = toBody(form);
    expect(body.labels).toEqual({ service: "pay=2" });
    expect(body.sla).toEqual({ critical: { acknowledge_min: 15, resolve_min: null } });
    expect(toForm(body as unknown as EscalationPolicy)).toEqual(form);
  });

  it("reads targets strictly", () => {
    expect(readTarget(keyOf({ type: "user", id: "u" }))).toEqual([{ type: "user", id: "u" }]);
    expect(readTarget("pager:u")).toEqual([]);
    expect(readLabels(["alone", " a = b "])).toEqual({ alone: "", a: "b" });
  });
});

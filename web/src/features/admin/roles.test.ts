import { describe, expect, it } from "vitest";
import { byArea, rolesUpTo, splitPermission } from "./roles";

describe("rolesUpTo", () => {
  it("offers everything to an owner", () => expect(rolesUpTo("owner")).toHaveLength(5));
  it("offers an administrator no more than their own", () =>
    expect(rolesUpTo("admin")).toEqual(["viewer", "operator", "builder", "admin"]));
  it("offers a viewer only their own", () => expect(rolesUpTo("viewer")).toEqual(["viewer"]));
});

it("splits a permission", () =>
  expect(splitPermission("rules.write")).toEqual({ area: "rules", right: "write" }));

it("gathers permissions by area", () =>
  expect([...byArea(["rules.read", "alerts.read", "rules.write"])]).toEqual([
    ["rules", ["rules.read", "rules.write"]],
    ["alerts", ["alerts.read"]],
  ]));

import { IconHome } from "@tabler/icons-react";
import { describe, expect, it } from "vitest";
import { allowedGroups, entryAt, type NavEntry, type NavGroup } from "./entries";

const entry = (to: string, permission: string | null = null) =>
  ({ to, labelKey: to, icon: IconHome, permission }) as unknown as NavEntry;
const groups: NavGroup[] = [
  { id: "observe", entries: [entry("/"), entry("/alerts", "alerts.read")] },
  { id: "admin", entries: [entry("/admin/users", "users.read"), entry("/admin/users/roles", "users.read")] },
];

describe("allowedGroups", () => {
  it("hides what the role does not include, and groups left empty", () => {
    const allowed = allowedGroups(groups, ["alerts.read"]);
    expect(allowed.map((group) => group.entries.map(({ to }) => to))).toEqual([["/", "/alerts"]]);
  });
  it("keeps what needs no permission", () => expect(allowedGroups(groups, [])[0]?.entries).toHaveLength(1));
});

describe("entryAt", () => {
  it.each([
    ["/", "/"],
    ["/alerts", "/alerts"],
    ["/alerts/0190", "/alerts"],
    ["/admin/users/roles", "/admin/users/roles"],
  ])("%s belongs to %s", (path, wanted) => expect(entryAt(groups, path)?.entry.to).toBe(wanted));
  it("does not take a longer word for the page", () => expect(entryAt(groups, "/alertsomething")).toBeNull());
});

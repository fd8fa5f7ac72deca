import type { Icon } from "@tabler/icons-react";
import type { LinkProps } from "@tanstack/react-router";
import type { Permission } from "@/lib/api/types";

/** A page as the rail, the breadcrumb, the command list and the keyboard know it. */
export interface NavEntry {
  to: NonNullable<LinkProps["to"]>;
  labelKey: string;
  icon: Icon;
  /** Hidden without it, and the page itself answers "denied". */
  permission: Permission | null;
  /** A sequence such as "KeyG KeyH". */
  keys?: string;
  /** What is counted beside the name. */
  count?: "unread";
}

export interface NavGroup {
  id: "ask" | "observe" | "build" | "inspect" | "catalog" | "admin";
  entries: readonly NavEntry[];
}

export function allowedGroups(groups: readonly NavGroup[], permissions: readonly string[]): NavGroup[] {
  return groups
    .map((group) => ({
      ...group,
      entries: group.entries.filter(
        ({ permission }) => permission === null || permissions.includes(permission),
      ),
    }))
    .filter(({ entries }) => entries.length > 0);
}

/** The entry a path belongs to: the longest one that it begins with. */
export function entryAt(
  groups: readonly NavGroup[],
  path: string,
): { group: NavGroup; entry: NavEntry } | null {
  let best: { group: NavGroup; entry: NavEntry } | null = null;
  for (const group of groups) {
    for (const entry of group.entries) {
      const fits = entry.to === "/" ? path === "/" : path === entry.to || path.startsWith(`${entry.to}/`);
      if (fits && (best === null || entry.to.length > best.entry.to.length)) best = { group, entry };
    }
  }
  return best;
}

import {
  IconBellRinging,
  IconDevices,
  IconHeartbeat,
  IconHome,
  IconKey,
  IconListDetails,
  IconRulerMeasure,
  IconShieldHalf,
  IconTimelineEvent,
  IconUsers,
} from "@tabler/icons-react";
import type { NavGroup } from "@/lib/navigation/entries";

/** What the rail, the command list and the keyboard offer, in order. */
export const navigation: readonly NavGroup[] = [
  {
    id: "observe",
    entries: [
      { to: "/", labelKey: "nav:home", icon: IconHome, permission: null, keys: "KeyG KeyH" },
      {
        to: "/alerts",
        labelKey: "nav:alerts",
        icon: IconBellRinging,
        permission: "alerts.read",
        keys: "KeyG KeyA",
      },
      {
        to: "/events",
        labelKey: "nav:events",
        icon: IconTimelineEvent,
        permission: "events.read",
        keys: "KeyG KeyE",
      },
    ],
  },
  {
    id: "build",
    entries: [
      {
        to: "/rules",
        labelKey: "nav:rules",
        icon: IconRulerMeasure,
        permission: "rules.read",
        keys: "KeyG KeyR",
      },
    ],
  },
  {
    id: "admin",
    entries: [
      { to: "/admin/users", labelKey: "nav:users", icon: IconUsers, permission: "users.read" },
      { to: "/admin/roles", labelKey: "nav:roles", icon: IconShieldHalf, permission: "users.read" },
      { to: "/admin/keys", labelKey: "nav:keys", icon: IconKey, permission: "keys.read" },
      { to: "/admin/sessions", labelKey: "nav:sessions", icon: IconDevices, permission: null },
      { to: "/admin/audit", labelKey: "nav:audit", icon: IconListDetails, permission: "audit.read" },
      {
        to: "/admin/system",
        labelKey: "nav:system",
        icon: IconHeartbeat,
        permission: "system.read",
        keys: "KeyG KeyS",
      },
    ],
  },
];

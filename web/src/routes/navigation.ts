import {
  IconApi,
  IconBell,
  IconBellRinging,
  IconBox,
  IconDevices,
  IconGitBranch,
  IconHeartbeat,
  IconHome,
  IconKey,
  IconListDetails,
  IconLock,
  IconMessageQuestion,
  IconPlugConnected,
  IconRulerMeasure,
  IconSchema,
  IconSend,
  IconServer2,
  IconShieldHalf,
  IconTimelineEvent,
  IconTool,
  IconUsers,
  IconWebhook,
} from "@tabler/icons-react";
import type { NavGroup } from "@/lib/navigation/entries";

/** What the rail, the command list and the keyboard offer, in order. */
export const navigation: readonly NavGroup[] = [
  {
    id: "ask",
    entries: [
      {
        to: "/ask",
        labelKey: "nav:ask",
        icon: IconMessageQuestion,
        permission: "ask.use",
        keys: "KeyG KeyQ",
      },
    ],
  },
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
      {
        to: "/notifications",
        labelKey: "nav:notifications",
        icon: IconBell,
        permission: "notifications.read",
        keys: "KeyG KeyN",
        count: "unread",
      },
      { to: "/deliveries", labelKey: "nav:deliveries", icon: IconSend, permission: "notifications.read" },
    ],
  },
  {
    id: "build",
    entries: [
      { to: "/apis", labelKey: "nav:apis", icon: IconApi, permission: "apis.read", keys: "KeyG KeyP" },
      {
        to: "/workflow-runs",
        labelKey: "nav:workflowRuns",
        icon: IconGitBranch,
        permission: "apis.read",
        keys: "KeyG KeyW",
      },
      {
        to: "/rules",
        labelKey: "nav:rules",
        icon: IconRulerMeasure,
        permission: "rules.read",
        keys: "KeyG KeyR",
      },
      {
        to: "/channels",
        labelKey: "nav:channels",
        icon: IconWebhook,
        permission: "channels.read",
        keys: "KeyG KeyC",
      },
      { to: "/tools", labelKey: "nav:tools", icon: IconTool, permission: "tools.read", keys: "KeyG KeyT" },
    ],
  },
  {
    id: "catalog",
    entries: [
      {
        to: "/assets",
        labelKey: "nav:assets",
        icon: IconBox,
        permission: "assets.read",
        keys: "KeyG KeyB",
      },
      {
        to: "/connections",
        labelKey: "nav:connections",
        icon: IconPlugConnected,
        permission: "connections.read",
        keys: "KeyG KeyO",
      },
      {
        to: "/catalogs",
        labelKey: "nav:catalogs",
        icon: IconSchema,
        permission: "connections.read",
        keys: "KeyG KeyM",
      },
      { to: "/secrets", labelKey: "nav:secrets", icon: IconLock, permission: "connections.read" },
      {
        to: "/inventory",
        labelKey: "nav:inventory",
        icon: IconServer2,
        permission: "inventory.read",
        keys: "KeyG KeyI",
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

import { IconHome } from "@tabler/icons-react";
import type { NavGroup } from "@/lib/navigation/entries";

/** What the rail, the command list and the keyboard offer, in order. */
export const navigation: readonly NavGroup[] = [
  {
    id: "observe",
    entries: [{ to: "/", labelKey: "nav:home", icon: IconHome, permission: null, keys: "KeyG KeyH" }],
  },
];

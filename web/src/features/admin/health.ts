import type { SystemHealth } from "@/lib/api/types";

/** Something has stopped, something is cut off, or all is fine: the worst of them. */
export function overall({
  components,
  breakers,
}: Pick<SystemHealth, "components" | "breakers">): "stopped" | "cutOff" | "fine" {
  if (components.some(({ running }) => !running)) return "stopped";
  return breakers.some(({ state }) => state !== "closed") ? "cutOff" : "fine";
}

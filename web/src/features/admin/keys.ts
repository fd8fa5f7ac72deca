import type { ApiKey } from "@/lib/api/types";

export type KeyStateName = "active" | "expired" | "revoked";

/** Revoked wins over expired: it says that somebody acted. */
export function keyState(key: Pick<ApiKey, "expires_at" | "revoked_at">, now: Date): KeyStateName {
  if (key.revoked_at !== null) return "revoked";
  return key.expires_at !== null && new Date(key.expires_at) <= now ? "expired" : "active";
}

/** Days until a new key ends; 0 for never. */
export const lifetimes: readonly number[] = [30, 90, 365, 0];

export function expiryOf(days: number, now: Date): string | null {
  return days === 0 ? null : new Date(now.getTime() + days * 86_400_000).toISOString();
}

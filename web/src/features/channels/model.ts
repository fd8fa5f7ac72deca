import type { Channel, ChannelBody, Delivery } from "@/lib/api/types";
import type { Tone } from "@/theme/status";

export interface WebhookForm {
  name: string;
  url: string;
  secret: string;
}

/** A new webhook; an empty secret lets the server make one and show it once. */
export function toBody({ name, url, secret }: WebhookForm): ChannelBody {
  return {
    name: name.trim(),
    enabled: true,
    route: { states: ["firing", "resolved", "expired"], severities: [], labels: {} },
    config: { type: "webhook", url: url.trim(), secret: secret === "" ? null : secret, headers: null },
  };
}

/** The same channel switched on or off; a secret that is left out stays as it is. */
export function switched(channel: Channel, enabled: boolean): ChannelBody {
  const { name, route, config } = channel;
  return {
    name,
    enabled,
    route,
    config:
      config.type === "webhook"
        ? { type: "webhook", url: config.url, secret: null, headers: null }
        : { type: "in_app" },
  };
}

export function isWebAddress(text: string): boolean {
  try {
    return ["http:", "https:"].includes(new URL(text.trim()).protocol);
  } catch {
    return false;
  }
}

export type ChannelState = "on" | "off" | "paused" | "draft" | "waiting";

/**
 * Paused: sending stopped by itself after repeated failures and is tried again later. Draft: nothing is sent through it yet.
 * Waiting: what is in force is another than what is shown.
 */
export function stateOf(channel: Channel): ChannelState {
  if (channel.published_version === null) return "draft";
  if (channel.waiting) return "waiting";
  if (!channel.enabled) return "off";
  return channel.breaker?.state === "open" ? "paused" : "on";
}

export const stateTones: Record<ChannelState, Tone> = {
  on: "ok",
  off: "idle",
  paused: "warn",
  draft: "idle",
  waiting: "warn",
};

export const deliveryTones: Record<Delivery["status"], Tone> = {
  pending: "idle",
  sending: "info",
  retrying: "warn",
  sent: "ok",
  failed: "critical",
};

/** The sentence in the reader's language, or whichever there is. */
export function sentence(message: Record<string, string>, language: string): string {
  return message[language] ?? message["en"] ?? Object.values(message)[0] ?? "";
}

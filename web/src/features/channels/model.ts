import type { Channel, ChannelBody, Delivery } from "@/lib/api/types";
import { isObject, type Json, type JsonObject } from "@/lib/json/pointer";
import type { Tone } from "@/theme/status";

/** What a channel's form holds beside its name: `config` as its type's schema wants it, secrets only where they were typed. */
export interface ChannelForm {
  name: string;
  config: JsonObject;
  language: "ko" | "en";
  template: string;
  fallback: string;
  limited: boolean;
  messages: number;
  perS: number;
  route: OwnRoute;
}

export type OwnRoute = NonNullable<ChannelBody["route"]>;

export const everyone: OwnRoute = {
  states: ["firing", "resolved", "expired"],
  severities: [],
  labels: {},
  only_named: false,
};

/** People are not told more than this by a new channel, unless somebody says so. */
export const calm = { messages: 20, perS: 60 };

export function formOf(channel: Channel): ChannelForm {
  return {
    name: channel.name,
    config: configOf(channel),
    language: channel.language,
    template: channel.template ?? "",
    fallback: channel.fallback ?? "",
    limited: channel.limit !== null,
    messages: channel.limit?.messages ?? calm.messages,
    perS: channel.limit?.per_s ?? calm.perS,
    route: channel.route,
  };
}

/** The config of a channel as it is written back: what is secret is left out, and so stays as it is. */
export function configOf({ config }: Channel): JsonObject {
  if (config.type === "webhook") return { type: "webhook", url: config.url };
  if (config.type === "in_app") return { type: "in_app" };
  return { type: config.type, ...(config.fields as JsonObject) };
}

/** Empty secrets are left out: an old one stays, and the server makes one where it can. */
export function toBody(form: ChannelForm, secrets: readonly string[], before?: Channel): ChannelBody {
  const given = Object.entries(form.config).filter(
    ([name, value]) => !(secrets.includes(name) && (value === "" || value === null)),
  );
  return {
    name: form.name.trim(),
    enabled: before?.enabled ?? true,
    route: form.route,
    config: Object.fromEntries(given) as unknown as ChannelBody["config"],
    language: form.language,
    template: form.template === "" ? null : form.template,
    fallback: form.fallback === "" ? null : form.fallback,
    limit: form.limited ? { messages: form.messages, per_s: form.perS, by: before?.limit?.by ?? [] } : null,
  };
}

/** Labels as they are typed: `name=value`. What has no name or no value is none. */
export function labelsFrom(texts: readonly string[]): Record<string, string> {
  const pairs = texts.map((text) => [
    text.split("=", 1)[0]?.trim() ?? "",
    text.split("=").slice(1).join("=").trim(),
  ]);
  return Object.fromEntries(pairs.filter(([name, value]) => name !== "" && value !== ""));
}

export const labelTexts = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([name, value]) => `${name}=${value}`);

/** The same channel switched on or off; a secret that is left out stays as it is. */
export function switched(channel: Channel, enabled: boolean): ChannelBody {
  return { ...toBody(formOf(channel), [], channel), enabled };
}

/** Where it goes, as far as that is no secret. */
export function addressOf({ config }: Channel): string | null {
  if (config.type === "in_app") return null;
  if (config.type === "webhook") return config.url;
  const { to, receiver, chat_id, host, component } = config.fields as JsonObject;
  const known = [to, receiver, chat_id, host, component].find((each) => each !== undefined && each !== "");
  return known === undefined ? "" : Array.isArray(known) ? known.join(", ") : String(known);
}

/** A schema whose secrets need not be given again. */
export function withKeptSecrets(schema: JsonObject, secrets: readonly string[]): JsonObject {
  const required = schema["required"];
  if (!Array.isArray(required)) return schema;
  return { ...schema, required: required.filter((each) => !secrets.includes(String(each))) };
}

/** The document without its `type`, which the picker shows. */
export function withoutType(schema: JsonObject): JsonObject {
  const { properties, required, description: _, ...rest } = schema;
  const left = isObject(properties) ? Object.entries(properties).filter(([name]) => name !== "type") : [];
  const needed = Array.isArray(required) ? required.filter((name): name is Json => name !== "type") : [];
  return { ...rest, properties: Object.fromEntries(left), required: needed };
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
  gathered: "info",
  sent: "ok",
  failed: "critical",
  dropped: "idle",
};

/** The sentence in the reader's language, or whichever there is. */
export function sentence(message: Record<string, string>, language: string): string {
  return message[language] ?? message["en"] ?? Object.values(message)[0] ?? "";
}

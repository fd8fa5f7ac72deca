import { describe, expect, it } from "vitest";
import type { Channel } from "@/lib/api/types";
import {
  addressOf,
  calm,
  formOf,
  labelsFrom,
  labelTexts,
  sentence,
  stateOf,
  switched,
  toBody,
  withoutType,
} from "./model";

const channel = {
  name: "Ops",
  enabled: true,
  route: { states: ["firing"], severities: ["critical"], labels: { team: "core" }, only_named: false },
  config: { type: "webhook", url: "https://example.com/hook", header_names: ["X-Team"], has_secret: true },
  language: "ko",
  template: null,
  limit: null,
  fallback: "mail",
  breaker: null,
  published_version: 1,
  waiting: false,
} as unknown as Channel;
const slack = {
  ...channel,
  config: { type: "telegram", fields: { chat_id: "77" }, secret_names: ["bot_token"] },
  limit: { messages: 3, per_s: 30, by: ["service"] },
} as unknown as Channel;

describe("a new channel", () => {
  const form = {
    ...formOf(channel),
    name: " Ops ",
    config: { type: "webhook", url: "https://e.com", secret: "" },
  };

  it("leaves an empty secret out, so that the server makes one", () => {
    const body = toBody(form, ["secret", "headers"]);
    expect(body.name).toBe("Ops");
    expect(body.config).toEqual({ type: "webhook", url: "https://e.com" });
    expect(body.limit).toBeNull();
  });

  it("is calm when it is told to be", () => {
    expect(toBody({ ...form, limited: true, ...calm }, []).limit).toEqual({
      messages: 20,
      per_s: 60,
      by: [],
    });
  });
});

describe("changing a channel", () => {
  it("switches it and changes nothing else, and never sends a secret", () => {
    const body = switched(channel, false);
    expect(body.enabled).toBe(false);
    expect(body.route).toEqual(channel.route);
    expect(body.config).toEqual({ type: "webhook", url: "https://example.com/hook" });
    expect(body.fallback).toBe("mail");
  });

  it("keeps what its form does not show", () => {
    const body = toBody(formOf(slack), ["bot_token"], slack);
    expect(body.config).toEqual({ type: "telegram", chat_id: "77" });
    expect(body.limit).toEqual({ messages: 3, per_s: 30, by: ["service"] });
  });
});

describe("what is shown of a channel", () => {
  it("is where it goes, as far as that is no secret", () => {
    expect(addressOf(channel)).toBe("https://example.com/hook");
    expect(addressOf(slack)).toBe("77");
    expect(addressOf({ ...slack, config: { type: "slack", fields: {}, secret_names: [] } })).toBe("");
  });

  it("is its form without the type", () => {
    const schema = {
      type: "object",
      properties: { type: { const: "x" }, url: {} },
      required: ["type", "url"],
    };
    expect(withoutType(schema)).toEqual({ type: "object", properties: { url: {} }, required: ["url"] });
  });
});

describe("the state of a channel", () => {
  it("says what is not in force before anything else", () => {
    expect(stateOf({ ...channel, published_version: null, waiting: true, enabled: false })).toBe("draft");
    expect(stateOf({ ...channel, waiting: true, enabled: false })).toBe("waiting");
  });

  it("is paused while its breaker is open", () => {
    expect(stateOf(channel)).toBe("on");
    expect(stateOf({ ...channel, enabled: false })).toBe("off");
    expect(stateOf({ ...channel, breaker: { state: "open", failures: 5, retry_after_s: 30 } })).toBe(
      "paused",
    );
    expect(stateOf({ ...channel, breaker: { state: "closed", failures: 1, retry_after_s: 0 } })).toBe("on");
  });
});

describe("a notification's sentence", () => {
  it("is in the reader's language, or in another", () => {
    expect(sentence({ en: "firing", ko: "발생" }, "ko")).toBe("발생");
    expect(sentence({ en: "firing" }, "ko")).toBe("firing");
    expect(sentence({ ko: "발생" }, "en")).toBe("발생");
    expect(sentence({}, "en")).toBe("");
  });
});

describe("a channel's own filter", () => {
  it("is written as it was changed", () => {
    const form = formOf(channel);
    const route = {
      ...form.route,
      severities: [],
      labels: labelsFrom(["team = core", "path=a=b", "empty=", "x"]),
    };
    expect(toBody({ ...form, route }, [], channel).route).toEqual({
      states: ["firing"],
      severities: [],
      labels: { team: "core", path: "a=b" },
      only_named: false,
    });
    expect(labelTexts({ team: "core" })).toEqual(["team=core"]);
  });
});

import { describe, expect, it } from "vitest";
import type { Channel } from "@/lib/api/types";
import { isWebAddress, sentence, stateOf, switched, toBody } from "./model";

const channel = {
  name: "Ops",
  enabled: true,
  route: { states: ["firing"], severities: ["critical"], labels: { team: "core" } },
  config: { type: "webhook", url: "https://example.com/hook", header_names: ["X-Team"], has_secret: true },
  breaker: null,
  published_version: 1,
  waiting: false,
} as unknown as Channel;

describe("a new webhook", () => {
  it("asks the server for a secret when none is given", () => {
    const body = toBody({ name: " Ops ", url: " https://example.com/h ", secret: "" });
    expect(body.name).toBe("Ops");
    expect(body.config).toEqual({
      type: "webhook",
      url: "https://example.com/h",
      secret: null,
      headers: null,
    });
  });

  it("knows an address of the web", () => {
    expect(isWebAddress("https://example.com/x")).toBe(true);
    expect(isWebAddress("ftp://example.com")).toBe(false);
    expect(isWebAddress("example.com")).toBe(false);
    expect(isWebAddress("")).toBe(false);
  });
});

describe("switching a channel", () => {
  it("changes nothing else and never sends a secret", () => {
    const body = switched(channel, false);
    expect(body.enabled).toBe(false);
    expect(body.route).toEqual(channel.route);
    expect(body.config).toEqual({
      type: "webhook",
      url: "https://example.com/hook",
      secret: null,
      headers: null,
    });
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

import { describe, expect, it } from "vitest";
import { overall } from "./health";

const component = (running: boolean) => ({ name: "worker", running, restarts: 0, last_error: null });
const breaker = (state: string) => ({ name: "hook", state, failures: 0, retry_after_s: 0 });

describe("overall", () => {
  it("is fine when everything runs", () =>
    expect(overall({ components: [component(true)], breakers: [breaker("closed")] })).toBe("fine"));
  it.each(["open", "half_open"])("notices a breaker that is %s", (state) =>
    expect(overall({ components: [component(true)], breakers: [breaker(state)] })).toBe("cutOff"),
  );
  it("names what has stopped before what is cut off", () =>
    expect(overall({ components: [component(false)], breakers: [breaker("open")] })).toBe("stopped"));
});

import { describe, expect, it } from "vitest";
import { errorFrom } from "@/lib/api/problem";
import { linesOf, seriesName } from "./promql";
import { configFlaws } from "./refusal";
import { shownConfig } from "./shown";
import { type ShownItem, step } from "./tree";

const items: ShownItem[] = [
  { path: "main", level: 1, open: true },
  { path: "main/orders", level: 2, open: false },
  { path: "main/orders/id", level: 3, open: null },
  { path: "other", level: 1, open: false },
];

describe("step", () => {
  it.each([
    ["ArrowDown", 0, { to: 1 }],
    ["ArrowDown", 3, { to: 3 }],
    ["ArrowUp", 0, { to: 0 }],
    ["End", 0, { to: 3 }],
    ["Home", 2, { to: 0 }],
    ["ArrowRight", 1, { flip: "main/orders" }],
    ["ArrowRight", 0, { to: 1 }],
    ["ArrowRight", 2, null],
    ["ArrowLeft", 0, { flip: "main" }],
    ["ArrowLeft", 2, { to: 1 }],
    ["ArrowLeft", 3, null],
    ["a", 0, null],
    ["ArrowDown", -1, null],
  ])("%s at %i", (key, at, wanted) => expect(step(key, at, items)).toEqual(wanted));
});

describe("shownConfig", () => {
  it("shows secrets by name, settings by path, and leaves out what is empty", () => {
    const found = shownConfig({
      type: "http",
      ca: null,
      auth: { type: "bearer", token: { secret: "pay/token" } },
    });
    expect(found).toEqual([
      { path: ["type"], value: "http" },
      { path: ["auth", "type"], value: "bearer" },
      { path: ["auth", "token"], value: "•••••• (pay/token)" },
    ]);
  });
  it("cuts what is long", () => expect(shownConfig({ ca: "x".repeat(900) })[0]?.value).toHaveLength(201));
});

describe("configFlaws", () => {
  const refused = (pointer: string) =>
    errorFrom(
      { status: 422, headers: new Headers() },
      JSON.stringify({ code: "invalid_input", errors: [{ pointer, detail: "too long" }] }),
    );
  it.each([
    ["/body/config/postgresql/host", "/host"],
    ["/body/content/config/host", "/host"],
    ["/content/config/postgresql", ""],
  ])("%s stands at %s", (pointer, wanted) =>
    expect(configFlaws(refused(pointer), "postgresql")).toEqual([{ pointer: wanted, message: "too long" }]),
  );
  it("leaves out what is not about the config", () =>
    expect(configFlaws(refused("/body/name"), "postgresql")).toEqual([]));
});

describe("series of a Prometheus", () => {
  it("are called as there", () => {
    expect(seriesName({ __name__: "up", job: "node", a: 'say "hi"' })).toBe(
      'up{a="say \\"hi\\"", job="node"}',
    );
    expect(seriesName({ __name__: "up" })).toBe("up");
    expect(seriesName({})).toBe("value");
  });
  it("keep their gaps", () => {
    const [line] = linesOf([
      {
        labels: {},
        points: [
          [0, 1],
          [60, null],
        ],
        truncated: false,
      },
    ]);
    expect(line?.points).toEqual([
      ["1970-01-01T00:00:00.000Z", 1],
      ["1970-01-01T00:01:00.000Z", null],
    ]);
  });
});

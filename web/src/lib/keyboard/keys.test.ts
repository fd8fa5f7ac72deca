import { describe, expect, it } from "vitest";
import { advance, caps, isComposing, isTextField, matches, type Press, parseChord, parseKeys } from "./keys";

const press = (code: string, extra: Partial<Press> = {}): Press => ({
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...extra,
});

describe("matches", () => {
  it("takes Ctrl and Command for Mod", () => {
    expect(matches(press("KeyK", { ctrlKey: true }), parseChord("Mod+KeyK"))).toBe(true);
    expect(matches(press("KeyK", { metaKey: true }), parseChord("Mod+KeyK"))).toBe(true);
  });
  it("wants exactly the modifiers asked for", () => {
    expect(matches(press("KeyK"), parseChord("Mod+KeyK"))).toBe(false);
    expect(matches(press("KeyK", { ctrlKey: true }), parseChord("KeyK"))).toBe(false);
    expect(matches(press("KeyK", { ctrlKey: true, shiftKey: true }), parseChord("Mod+KeyK"))).toBe(false);
  });
  it("goes by the physical key, whatever letter a Hangul layout makes of it", () => {
    const event = { ...press("KeyG"), key: "ㅎ" };
    expect(matches(event, parseChord("KeyG"))).toBe(true);
  });
});

describe("isComposing", () => {
  it("knows both ways engines tell", () => {
    expect(isComposing({ isComposing: true })).toBe(true);
    expect(isComposing({ keyCode: 229 })).toBe(true);
    expect(isComposing({ isComposing: false, keyCode: 13 })).toBe(false);
  });
});

describe("isTextField", () => {
  it.each([
    [{ tagName: "INPUT", type: "text" }, true],
    [{ tagName: "INPUT" }, true],
    [{ tagName: "TEXTAREA" }, true],
    [{ tagName: "SELECT" }, true],
    [{ tagName: "DIV", isContentEditable: true }, true],
    [{ tagName: "INPUT", type: "checkbox" }, false],
    [{ tagName: "BUTTON" }, false],
    [null, false],
  ])("%j: %s", (target, wanted) => expect(isTextField(target)).toBe(wanted));
});

describe("advance", () => {
  const candidates = [
    { chords: parseKeys("KeyG KeyH"), pressed: 0, value: "home" },
    { chords: parseKeys("KeyG KeyA"), pressed: 0, value: "alerts" },
    { chords: parseKeys("Shift+Slash"), pressed: 0, value: "help" },
  ];
  it("completes a single chord at once", () =>
    expect(advance(candidates, press("Slash", { shiftKey: true })).done).toBe("help"));
  it("walks a sequence", () => {
    const first = advance(candidates, press("KeyG"));
    expect(first.done).toBeNull();
    expect(first.waiting).toHaveLength(2);
    expect(advance(first.waiting, press("KeyA")).done).toBe("alerts");
  });
  it("drops a sequence that goes wrong", () => {
    const first = advance(candidates, press("KeyG"));
    expect(advance(first.waiting, press("KeyZ"))).toEqual({ done: null, waiting: [] });
  });
});

describe("caps", () => {
  it("prints keys for each platform", () => {
    expect(caps("Mod+KeyK", false)).toEqual([["Ctrl", "K"]]);
    expect(caps("Mod+KeyK", true)).toEqual([["⌘", "K"]]);
    expect(caps("KeyG KeyA", false)).toEqual([["G"], ["A"]]);
    expect(caps("Shift+Slash", false)).toEqual([["?"]]);
  });
});

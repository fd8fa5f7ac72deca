import { describe, expect, it } from "vitest";
import type { Json } from "@/lib/json/pointer";
import { placeOf, read, write } from "./text";

const documents: Json[] = [
  { type: "review", kinds: ["rule", "api"], tags: [], approvals: 1 },
  {
    text: "two\nlines\n",
    odd: ["yes", "no", "on", "null", "~", "1.0", "0x1f", "2026-01-01", "  pad ", "# no"],
  },
  { "a/b": { "": null, 가나: "다라" }, n: [-0.5, 1e21, 0, 9007199254740991] },
  { empty: {}, list: [], nested: [[], [{}], [[1]]], trailing: "x:\n\n  y", tab: "\ta", emoji: "🧵" },
  "plain",
  null,
  [1, "2", false],
];

describe.each(["yaml", "json"] as const)("%s", (format) => {
  it.each(documents.map((document) => [document]))("comes back as it went out: %j", (document) =>
    expect(read(format, write(format, document))).toEqual({ ok: true, value: document, comments: false }),
  );

  it("knows where a value stands", () => {
    const text = write(format, { kinds: ["rule", "api"], approvals: 9 });
    const at = (pointer: string) => {
      const { from, to } = placeOf(text, pointer);
      return text.slice(from, to).replaceAll('"', "");
    };
    expect(at("/approvals")).toBe("approvals");
    expect(at("/kinds/1")).toBe("api");
    expect(at("/kinds/7/deep")).toBe("kinds");
    expect(placeOf(text, "").from).toBe(0);
  });
});

describe("what cannot be read", () => {
  it("says where JSON breaks off", () => {
    const text = '{"a": 1,\n "b": }';
    const reading = read("json", text);
    expect(reading.ok ? "" : text[reading.mark.from]).toBe("}");
  });
  it("says where YAML breaks off", () => {
    const reading = read("yaml", "a: 1\nb: [1, 2\nc: 3\n");
    expect(reading.ok).toBe(false);
  });
  it.each(["a: .inf", "a: .nan", "? [1, 2]\n: 3"])("takes nothing that JSON cannot hold: %s", (text) =>
    expect(read("yaml", text).ok).toBe(false),
  );
  it("is not blown up by aliases", () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]",
      "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]",
      "d: [*c,*c,*c,*c,*c,*c,*c,*c,*c]",
    ];
    expect(read("yaml", bomb.join("\n")).ok).toBe(false);
  });
  it("takes no key twice", () => expect(read("yaml", "a: 1\na: 2").ok).toBe(false));
});

it("tells that comments would be lost", () => {
  expect(read("yaml", "# why\na: 1")).toMatchObject({ ok: true, comments: true });
  expect(read("yaml", "a: 1 # why")).toMatchObject({ ok: true, comments: true });
});
